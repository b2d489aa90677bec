data "aws_caller_identity" "current" {}
data "aws_partition" "current" {}

locals {
  environment     = "prod"
  name            = "d2-ride-booking-${local.environment}"
  artifact_bucket = coalesce(var.artifact_bucket, "d2-ride-booking-artifacts-${data.aws_caller_identity.current.account_id}")

  # What is public, by its host name. The two services run on instances behind the load balancer, the two sites come
  # from CloudFront.
  hosts = {
    backend-api   = "api.${var.domain}"
    web-driver    = "driver.${var.domain}"
    web-admin     = "admin.${var.domain}"
    web-passenger = "passenger.${var.domain}"
  }
}

module "network" {
  source = "../../modules/network"

  name         = local.name
  cidr         = var.vpc_cidr
  az_count     = var.az_count
  nat_gateways = var.nat_gateway_per_zone ? var.az_count : 1
  flow_logs    = var.flow_logs
}

module "security_groups" {
  source = "../../modules/security-groups"

  name     = local.name
  vpc_id   = module.network.vpc_id
  vpc_cidr = module.network.vpc_cidr
  services = { for service, it in local.services : service => it.port }
}

module "alb" {
  source = "../../modules/alb"

  name                      = local.name
  vpc_id                    = module.network.vpc_id
  subnet_ids                = module.network.public_subnet_ids
  security_group_id         = module.security_groups.alb_id
  https                     = true
  certificate_arn           = aws_acm_certificate_validation.services.certificate_arn
  access_log_days           = var.access_log_days
  access_logs_force_destroy = !var.protected
  deletion_protection       = var.protected

  services = {
    for service, it in local.services : service => {
      port        = it.port
      hosts       = [local.hosts[service]]
      health_path = it.health_path
      priority    = it.priority
    }
  }
}

module "site" {
  source   = "../../modules/static-site"
  for_each = toset(["web-admin", "web-passenger"])

  name            = "${local.name}-${each.key}"
  service         = each.key
  aliases         = [local.hosts[each.key]]
  certificate_arn = aws_acm_certificate_validation.sites.certificate_arn
  web_acl_arn     = one(module.sites_waf[*].arn)
}

module "alb_waf" {
  source = "../../modules/waf"
  count  = var.waf ? 1 : 0

  name           = "${local.name}-alb"
  scope          = "REGIONAL"
  region         = var.region
  load_balancers = { alb = module.alb.arn }
}

module "sites_waf" {
  source = "../../modules/waf"
  count  = var.waf ? 1 : 0

  name   = "${local.name}-sites"
  scope  = "CLOUDFRONT"
  region = "us-east-1"
}

# Passwords never travel here: people sign in by their proof (SRP), and dev's password sign-in is off.
module "cognito" {
  source = "../../modules/cognito"

  name                = local.name
  password_auth       = false
  deletion_protection = var.protected
}

module "alarms" {
  source = "../../modules/alarms"

  name        = local.name
  environment = local.environment
  emails      = var.alert_emails

  load_balancer = {
    arn_suffix = module.alb.arn_suffix
    services = {
      for service, it in local.services : service => {
        target_group = module.alb.target_group_arn_suffixes[service]
        instances    = it.min_size
      }
    }
  }

  database = {
    identifier       = module.rds.identifier
    free_storage_gib = ceil(var.rds_allocated_storage / 10)
    free_memory_mib  = ceil(data.aws_ec2_instance_type.rds.memory_size / 10)
    # RDS admits one for each 12 MiB, less what it needs itself; this is about three quarters of those.
    connections = floor(data.aws_ec2_instance_type.rds.memory_size / 18)
  }
}

check "alarms_are_read" {
  assert {
    condition     = length(var.alert_emails) > 0
    error_message = "Alarms are mailed to nobody: put an address into alert_emails."
  }
}
