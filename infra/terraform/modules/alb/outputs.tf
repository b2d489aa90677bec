output "dns_name" {
  description = "Host name of the load balancer."
  value       = aws_lb.this.dns_name
}

output "zone_id" {
  description = "Zone of that host name, for an alias record."
  value       = aws_lb.this.zone_id
}

output "arn" {
  description = "ARN of the load balancer."
  value       = aws_lb.this.arn
}

output "arn_suffix" {
  description = "What CloudWatch calls the load balancer."
  value       = aws_lb.this.arn_suffix
}

output "target_group_arns" {
  description = "ARNs of the target groups, by service."
  value       = { for service, group in aws_lb_target_group.this : service => group.arn }
}

output "target_group_arn_suffixes" {
  description = "What CloudWatch calls the target groups, by service."
  value       = { for service, group in aws_lb_target_group.this : service => group.arn_suffix }
}

output "access_logs_bucket" {
  description = "Name of the bucket of the access logs; null without."
  value       = one(aws_s3_bucket.access_logs[*].bucket)
}
