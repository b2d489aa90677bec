output "alb_id" {
  description = "Id of the load balancer's group."
  value       = aws_security_group.alb.id
}

output "service_ids" {
  description = "Ids of the services' groups, by service."
  value       = { for service, group in aws_security_group.service : service => group.id }
}

output "bastion_id" {
  description = "Id of the bastion's group, which has no inbound rule."
  value       = aws_security_group.bastion.id
}

output "database_id" {
  description = "Id of the database's group."
  value       = aws_security_group.database.id
}

output "endpoints_id" {
  description = "Id of the interface endpoints' group."
  value       = aws_security_group.endpoints.id
}
