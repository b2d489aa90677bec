output "address" {
  description = "Host name of the database."
  value       = aws_db_instance.this.address
}

output "port" {
  description = "Port of the database."
  value       = aws_db_instance.this.port
}

output "identifier" {
  description = "Identifier of the instance, by which it is stopped and started."
  value       = aws_db_instance.this.identifier
}

output "resource_id" {
  description = "Id that IAM policies for rds-db:connect name; a restored or new instance has another."
  value       = aws_db_instance.this.resource_id
}

output "arn" {
  description = "ARN of the instance."
  value       = aws_db_instance.this.arn
}

output "master_secret_arn" {
  description = "ARN of the secret with username, password, host, port and dbname."
  value       = aws_secretsmanager_secret.master.arn
}
