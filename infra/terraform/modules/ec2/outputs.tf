output "instance_id" {
  description = "Id of the instance, for `aws ssm start-session --target`."
  value       = aws_instance.this.id
}

output "private_ip" {
  description = "Its address in the VPC; it has no public one."
  value       = aws_instance.this.private_ip
}

output "arn" {
  description = "ARN of the instance."
  value       = aws_instance.this.arn
}
