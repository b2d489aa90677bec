output "urls" {
  description = "Where each service and site answers."
  value       = { for service, host in local.hosts : service => "https://${host}" }
}

output "dns_records" {
  description = "Where Route 53 doesn't have the zone: what to enter there. The certificates' records first, for apply waits for them; see them with terraform apply -target=aws_acm_certificate.services -target=aws_acm_certificate.sites."
  value = var.dns_in_route53 ? null : {
    certificates = [for proof in local.proofs : { name = proof.resource_record_name, type = proof.resource_record_type, value = proof.resource_record_value }]
    hosts        = [for host, target in local.records : { name = host, type = "CNAME", value = target.name }]
  }
}

output "cognito_user_pool_id" {
  description = "Id of the user pool."
  value       = module.cognito.user_pool_id
}

output "cognito_app_client_id" {
  description = "Id of the application's client of the pool."
  value       = module.cognito.app_client_id
}

output "cognito_issuer" {
  description = "Issuer of the pool's tokens."
  value       = module.cognito.issuer
}

output "alb_dns_name" {
  description = "Host name of the load balancer."
  value       = module.alb.dns_name
}

output "access_logs_bucket" {
  description = "Bucket of the load balancer's access logs; null without."
  value       = module.alb.access_logs_bucket
}

output "auto_scaling_groups" {
  description = "Names of the Auto Scaling groups, by service."
  value       = { for service, group in module.asg : service => group.name }
}

output "log_groups" {
  description = "Log groups of the instances, by service, for aws logs tail."
  value       = { for service, group in aws_cloudwatch_log_group.service : service => group.name }
}

output "site_uploads" {
  description = "Of each site: the bucket that its files go to, and the distribution to invalidate afterwards."
  value       = { for service, site in module.site : service => { bucket = site.bucket, distribution_id = site.distribution_id } }
}

output "rds_endpoint" {
  description = "Host name of the database; Session Manager forwards a port to it through any instance of backend-api."
  value       = module.rds.address
}

output "rds_identifier" {
  description = "Identifier of the database."
  value       = module.rds.identifier
}

output "rds_master_secret_arn" {
  description = "ARN of the secret with the master user's password."
  value       = module.rds.master_secret_arn
}

output "alarms_topic_arn" {
  description = "Topic that alarms are told to."
  value       = module.alarms.topic_arn
}
