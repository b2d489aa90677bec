data "aws_caller_identity" "current" {}
data "aws_partition" "current" {}

# What stands always, and costs nothing while nobody uses it: network, security groups, roles, log groups, user pool.
# So no toggle touches IAM, and none depends upon another.

locals {
  environment     = "dev"
  name            = "d2-ride-booking-${local.environment}"
  service         = "backend-api"
  port            = 3000
  artifact_bucket = coalesce(var.artifact_bucket, "d2-ride-booking-artifacts-${data.aws_caller_identity.current.account_id}")
}

module "network" {
  source = "../../modules/network"

  name         = local.name
  cidr         = var.vpc_cidr
  nat_gateways = local.on.enable_nat_gateway ? 1 : 0
}

module "security_groups" {
  source = "../../modules/security-groups"

  name     = local.name
  vpc_id   = module.network.vpc_id
  vpc_cidr = module.network.vpc_cidr
  services = { (local.service) = local.port }
}

resource "aws_cloudwatch_log_group" "backend" {
  name              = var.backend_log_group
  retention_in_days = var.log_retention_days

  tags = { Service = local.service }
}

resource "aws_cloudwatch_log_group" "bastion" {
  name              = "/aws/ec2/${local.environment}-d2-ride-booking-bastion"
  retention_in_days = var.log_retention_days

  tags = { Service = "bastion" }
}

resource "aws_cloudwatch_log_group" "rds" {
  for_each = toset(["error", "slowquery"])

  name              = "/aws/rds/instance/${local.name}-rds-mysql/${each.key}"
  retention_in_days = var.log_retention_days

  tags = { Service = "rds" }
}

module "backend_role" {
  source = "../../modules/instance-role"

  name                 = "${local.name}-backend"
  service              = local.service
  environment          = local.environment
  artifact_bucket_arn  = "arn:${data.aws_partition.current.partition}:s3:::${local.artifact_bucket}"
  log_group_arns       = [aws_cloudwatch_log_group.backend.arn]
  database_resource_id = "*" # every database that is switched on has a new one, and IAM stays as it is
}

module "bastion_role" {
  source = "../../modules/instance-role"

  name           = "${local.name}-bastion"
  service        = "bastion"
  environment    = local.environment
  log_group_arns = [aws_cloudwatch_log_group.bastion.arn]
}

module "cognito" {
  source = "../../modules/cognito"

  name                = local.name
  password_auth       = true
  deletion_protection = false
}
