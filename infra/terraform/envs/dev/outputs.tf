output "toggles" {
  description = "Each toggle: its value, and whether terraform.tfvars or the parameter says so."
  value = {
    for name, value in local.on : name => {
      value  = value
      source = contains(keys(local.toggles_set), name) ? "parameter" : "tfvars"
    }
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

output "backend_instance_id" {
  description = "Id of the backend instance, for aws ssm start-session --target; null when off."
  value       = one(module.backend[*].instance_id)
}

output "backend_log_group" {
  description = "Log group of the backend instance, for aws logs tail."
  value       = aws_cloudwatch_log_group.backend.name
}

output "bastion_instance_id" {
  description = "Id of the bastion, through which a port is forwarded to rds_endpoint; null when off."
  value       = one(module.bastion[*].instance_id)
}

output "rds_endpoint" {
  description = "Host name of the database; null when off."
  value       = one(module.rds[*].address)
}

output "rds_identifier" {
  description = "Identifier by which the database is stopped and started; null when off."
  value       = one(module.rds[*].identifier)
}

output "rds_master_secret_arn" {
  description = "ARN of the secret with the master user's password; null when off."
  value       = one(module.rds[*].master_secret_arn)
}

output "alb_dns_name" {
  description = "Host name of the load balancer; null when off."
  value       = one(module.alb[*].dns_name)
}

output "alb_url" {
  description = "Where backend-api answers through the load balancer; null when off. With a certificate, give its name a CNAME to alb_dns_name."
  value       = local.on.enable_alb ? "${var.alb_certificate_arn == null ? "http" : "https"}://${module.alb[0].dns_name}" : null
}

output "web_admin_url" {
  description = "Address of web-admin; null when off."
  value       = local.on.enable_web_admin ? "https://${module.web_admin[0].domain_name}" : null
}

output "web_passenger_url" {
  description = "Address of web-passenger; null when off."
  value       = local.on.enable_web_passenger ? "https://${module.web_passenger[0].domain_name}" : null
}

output "web_driver_url" {
  description = "Address of web-driver; null when off."
  value       = local.on.enable_web_driver ? "https://${module.web_driver[0].domain_name}" : null
}

output "site_uploads" {
  description = "Of each site that is on: the bucket that its files go to, and the distribution to invalidate afterwards."
  value = {
    for name, site in { web-admin = module.web_admin, web-passenger = module.web_passenger, web-driver = module.web_driver } :
    name => { bucket = site[0].bucket, distribution_id = site[0].distribution_id } if length(site) == 1
  }
}
