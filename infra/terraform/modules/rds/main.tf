locals {
  identifier = "${var.name}-rds-mysql"
  port       = 3306
  tags       = { Service = "rds" }
}

# Gives the final snapshot its name. A new one comes with every new instance, for a snapshot keeps its name for as
# long as it is kept and the next instance's needs another. (The instance's own id can't be used: the name is one of
# its arguments.)
resource "terraform_data" "final_snapshot" {
  triggers_replace = [local.identifier, var.database_name, var.master_username, var.kms_key_arn]
}

resource "aws_db_subnet_group" "this" {
  name        = local.identifier
  description = "Subnets of ${local.identifier}"
  subnet_ids  = var.subnet_ids

  tags = merge(local.tags, { Name = local.identifier })
}

resource "aws_db_parameter_group" "this" {
  # A group in use can't be deleted: the next family's is made first, so it can't bear the same name.
  name_prefix = "${local.identifier}-"
  description = "TLS only, utf8mb4, slow queries logged"
  family      = "mysql${regex("^\\d+\\.\\d+", var.engine_version)}"

  dynamic "parameter" {
    for_each = {
      require_secure_transport = "1"
      character_set_server     = "utf8mb4"
      collation_server         = "utf8mb4_0900_ai_ci"
      slow_query_log           = "1"
      long_query_time          = tostring(var.slow_query_seconds)
      log_output               = "FILE" # exports read files, not tables
    }

    content {
      name  = parameter.key
      value = parameter.value
    }
  }

  tags = merge(local.tags, { Name = local.identifier })

  lifecycle {
    create_before_destroy = true
  }
}

resource "aws_db_instance" "this" {
  identifier = local.identifier

  engine                      = "mysql"
  engine_version              = var.engine_version
  engine_lifecycle_support    = "open-source-rds-extended-support${var.extended_support ? "" : "-disabled"}"
  auto_minor_version_upgrade  = true
  allow_major_version_upgrade = var.allow_major_version_upgrade
  instance_class              = var.instance_class
  parameter_group_name        = aws_db_parameter_group.this.name

  storage_type          = "gp3"
  storage_encrypted     = true
  kms_key_id            = var.kms_key_arn
  allocated_storage     = var.allocated_storage
  max_allocated_storage = var.max_allocated_storage

  db_name                             = var.database_name
  username                            = var.master_username
  password_wo                         = jsondecode(ephemeral.aws_secretsmanager_secret_version.current.secret_string).password
  password_wo_version                 = var.master_password_version
  iam_database_authentication_enabled = true

  port                   = local.port
  db_subnet_group_name   = aws_db_subnet_group.this.name
  vpc_security_group_ids = [var.security_group_id]
  publicly_accessible    = false
  multi_az               = var.multi_az

  snapshot_identifier       = var.snapshot_identifier
  skip_final_snapshot       = !var.final_snapshot
  final_snapshot_identifier = "${local.identifier}-final-${terraform_data.final_snapshot.id}"
  copy_tags_to_snapshot     = true
  deletion_protection       = var.deletion_protection
  backup_retention_period   = var.backup_retention_days
  backup_window             = var.backup_window
  maintenance_window        = var.maintenance_window
  apply_immediately         = var.apply_immediately

  enabled_cloudwatch_logs_exports = var.log_exports
  performance_insights_enabled    = var.performance_insights
  monitoring_interval             = try(var.monitoring.seconds, 0)
  monitoring_role_arn             = try(var.monitoring.role_arn, null)

  tags = merge(local.tags, { Name = local.identifier })

  lifecycle {
    # Where it was restored from is history: another value must not replace a database that is in use.
    ignore_changes = [snapshot_identifier]
  }
}
