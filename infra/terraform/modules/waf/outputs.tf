output "arn" {
  description = "ARN of the web ACL; a distribution names it by itself."
  value       = aws_wafv2_web_acl.this.arn
}
