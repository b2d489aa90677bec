# What costs money, each behind a toggle of its own. The NAT gateway is in module.network, which needs it for its routes.

module "ssm_vpc_endpoints" {
  source = "../../modules/vpc-endpoints"
  count  = local.on.enable_ssm_vpc_endpoints ? 1 : 0

  name              = local.name
  vpc_id            = module.network.vpc_id
  subnet_ids        = [module.network.private_subnet_ids[0]] # a second zone would cost as much again
  security_group_id = module.security_groups.endpoints_id
}

module "backend_user_data" {
  source = "../../modules/user-data"

  region              = var.region
  service             = local.service
  environment         = local.environment
  newest              = true
  port                = local.port
  node_major          = var.node_major
  log_group_name      = aws_cloudwatch_log_group.backend.name
  artifact_bucket     = local.artifact_bucket
  database_identifier = "${local.name}-rds-mysql"

  settings = {
    PORT                 = tostring(local.port)
    AWS_REGION           = var.region
    COGNITO_USER_POOL_ID = module.cognito.user_pool_id
    COGNITO_CLIENT_ID    = module.cognito.app_client_id
    DB_NAME              = "ridebooking"
    DB_USER              = "app_user"
    DB_IAM_AUTH          = "true"
  }
}

module "backend" {
  source = "../../modules/ec2"
  count  = local.on.enable_ec2_backend ? 1 : 0

  name                  = "${local.name}-backend"
  service               = local.service
  subnet_id             = module.network.private_subnet_ids[0]
  security_group_ids    = [module.security_groups.service_ids[local.service]]
  instance_profile_name = module.backend_role.profile_name
  instance_type         = var.backend_instance_type
  user_data             = module.backend_user_data.script
}

module "bastion_user_data" {
  source = "../../modules/user-data"

  region         = var.region
  service        = "bastion"
  environment    = local.environment
  application    = false
  log_group_name = aws_cloudwatch_log_group.bastion.name
}

module "bastion" {
  source = "../../modules/ec2"
  count  = local.on.enable_bastion ? 1 : 0

  name                  = "${local.name}-bastion"
  service               = "bastion"
  subnet_id             = module.network.private_subnet_ids[0]
  security_group_ids    = [module.security_groups.bastion_id]
  instance_profile_name = module.bastion_role.profile_name
  instance_type         = var.bastion_instance_type
  user_data             = module.bastion_user_data.script
}

module "rds" {
  source = "../../modules/rds"
  count  = local.on.enable_rds ? 1 : 0

  name                  = local.name
  subnet_ids            = module.network.database_subnet_ids
  security_group_id     = module.security_groups.database_id
  engine_version        = var.rds_engine_version
  instance_class        = var.rds_instance_class
  snapshot_identifier   = var.rds_snapshot_identifier
  deletion_protection   = var.rds_deletion_protection
  backup_retention_days = 1
  apply_immediately     = true
  secret_recovery_days  = 0 # the next database's secret needs the name

  # RDS would make the groups itself, and keep them for ever.
  depends_on = [aws_cloudwatch_log_group.rds]
}

module "alb" {
  source = "../../modules/alb"
  count  = local.on.enable_alb ? 1 : 0

  name                = local.name
  vpc_id              = module.network.vpc_id
  subnet_ids          = module.network.public_subnet_ids
  security_group_id   = module.security_groups.alb_id
  certificate_arn     = var.alb_certificate_arn
  deletion_protection = false
  services            = { (local.service) = { port = local.port, hosts = [], health_path = "/health", priority = 100 } }
  instance_ids        = local.on.enable_ec2_backend ? { (local.service) = module.backend[0].instance_id } : {}
}

module "web_admin" {
  source = "../../modules/static-site"
  count  = local.on.enable_web_admin ? 1 : 0

  name    = "${local.name}-web-admin"
  service = "web-admin"
}

module "web_passenger" {
  source = "../../modules/static-site"
  count  = local.on.enable_web_passenger ? 1 : 0

  name    = "${local.name}-web-passenger"
  service = "web-passenger"
}

module "web_driver" {
  source = "../../modules/static-site"
  count  = local.on.enable_web_driver ? 1 : 0

  name    = "${local.name}-web-driver"
  service = "web-driver"
}
