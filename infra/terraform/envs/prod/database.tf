resource "aws_cloudwatch_log_group" "rds" {
  for_each = toset(["error", "slowquery"])

  name              = "/aws/rds/instance/${local.name}-rds-mysql/${each.key}"
  retention_in_days = var.log_retention_days

  tags = { Service = "rds" }
}

module "rds" {
  source = "../../modules/rds"

  name                  = local.name
  subnet_ids            = module.network.database_subnet_ids
  security_group_id     = module.security_groups.database_id
  engine_version        = var.rds_engine_version
  instance_class        = var.rds_instance_class
  allocated_storage     = var.rds_allocated_storage
  max_allocated_storage = 5 * var.rds_allocated_storage
  snapshot_identifier   = var.rds_snapshot_identifier
  multi_az              = true
  deletion_protection   = var.protected
  backup_retention_days = 14
  secret_recovery_days  = 30
  performance_insights  = var.rds_performance_insights

  # RDS would make the groups itself, and keep them for ever.
  depends_on = [aws_cloudwatch_log_group.rds]
}

# How much memory the class has, in MiB: EC2 knows it, and RDS's classes are EC2's types.
data "aws_ec2_instance_type" "rds" {
  instance_type = trimprefix(var.rds_instance_class, "db.")
}
