# What runs on instances: each an Auto Scaling group over all zones. PM2 starts both, as modules/user-data does it.

locals {
  services = {
    backend-api = merge(var.backend_api, {
      group       = "${local.name}-backend"
      port        = 3000
      health_path = "/health"
      priority    = 10
      log_group   = "/aws/ec2/${local.environment}-d2-ride-booking-backend"

      known = {
        AWS_REGION           = var.region
        COGNITO_USER_POOL_ID = module.cognito.user_pool_id
        COGNITO_CLIENT_ID    = module.cognito.app_client_id
        DB_HOST              = module.rds.address
        DB_NAME              = "ridebooking"
        DB_USER              = "app_user"
        DB_IAM_AUTH          = "true"
      }
    })

    web-driver = merge(var.web_driver, {
      group     = "${local.name}-web-driver"
      port      = 3001
      priority  = 20
      log_group = "/aws/ec2/${local.environment}-d2-ride-booking-web-driver"

      known = {
        API_URL              = "https://${local.hosts.backend-api}"
        COGNITO_USER_POOL_ID = module.cognito.user_pool_id
        COGNITO_CLIENT_ID    = module.cognito.app_client_id
      }
    })
  }
}

resource "aws_cloudwatch_log_group" "service" {
  for_each = local.services

  name              = each.value.log_group
  retention_in_days = var.log_retention_days

  tags = { Service = each.key }
}

module "role" {
  source   = "../../modules/instance-role"
  for_each = local.services

  name                = each.value.group
  service             = each.key
  environment         = local.environment
  artifact_bucket_arn = "arn:${data.aws_partition.current.partition}:s3:::${local.artifact_bucket}"
  log_group_arns      = [aws_cloudwatch_log_group.service[each.key].arn]
  # web-driver asks backend-api; the database is nothing to it.
  database_resource_id = each.key == "backend-api" ? module.rds.resource_id : null
}

module "user_data" {
  source   = "../../modules/user-data"
  for_each = local.services

  region          = var.region
  service         = each.key
  environment     = local.environment
  port            = each.value.port
  health_path     = each.value.health_path
  node_major      = var.node_major
  log_group_name  = aws_cloudwatch_log_group.service[each.key].name
  artifact_bucket = local.artifact_bucket
  settings        = merge(each.value.known, each.value.settings)
}

module "asg" {
  source   = "../../modules/asg"
  for_each = local.services

  name                  = each.value.group
  service               = each.key
  subnet_ids            = module.network.private_subnet_ids
  security_group_ids    = [module.security_groups.service_ids[each.key]]
  instance_profile_name = module.role[each.key].profile_name
  instance_type         = each.value.instance_type
  user_data             = module.user_data[each.key].script
  target_group_arns     = [module.alb.target_group_arns[each.key]]
  port                  = each.value.port
  min_size              = each.value.min_size
  max_size              = each.value.max_size
}
