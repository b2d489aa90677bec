locals {
  # A database that tells nothing is stopped, restarting or gone, and which one only an event can say: it is told at
  # once, below. Its alarms then know nothing, and say so (INSUFFICIENT_DATA), and neither "bad" nor "good".
  database_metrics = {
    cpu = {
      says      = "has been above 80 % CPU for a quarter of an hour. First look for slow queries: /d2 metrics db ${var.environment}, and its slow query log."
      metric    = "CPUUtilization", statistic = "Average", comparison = "GreaterThanThreshold"
      threshold = 80, minutes = 15
    }
    storage = {
      says      = "is running out of storage, and stops when there is none. First find what grew: binary logs, or a table; then raise rds_allocated_storage and apply: it can't be made smaller again."
      metric    = "FreeStorageSpace", statistic = "Minimum", comparison = "LessThanThreshold"
      threshold = try(var.database.free_storage_gib, 0) * 1024 * 1024 * 1024, minutes = 5
    }
    connections = {
      says      = "has nearly as many connections as it takes. First see who holds them: /d2 metrics db ${var.environment}; a restart of the service that leaks them frees them: /d2 pm2 restart backend-api ${var.environment}."
      metric    = "DatabaseConnections", statistic = "Maximum", comparison = "GreaterThanThreshold"
      threshold = try(var.database.connections, 0), minutes = 5
    }
    memory = {
      says      = "is short of memory, and will swap, then restart. First look at connections and queries: /d2 metrics db ${var.environment}; if both are as ever, take a larger rds_instance_class."
      metric    = "FreeableMemory", statistic = "Minimum", comparison = "LessThanThreshold"
      threshold = try(var.database.free_memory_mib, 0) * 1024 * 1024, minutes = 15
    }
  }

  database_alarms = {
    for key, alarm in var.database == null ? {} : local.database_metrics : "rds-${key}" => merge(alarm, {
      says       = "The database ${alarm.says}"
      service    = "rds"
      namespace  = "AWS/RDS"
      dimensions = { DBInstanceIdentifier = var.database.identifier }
      missing    = "missing"
    })
  }
}

# What no metric says, or says too late.
resource "aws_db_event_subscription" "this" {
  count = var.database == null ? 0 : 1

  name             = "${var.name}-rds"
  sns_topic        = aws_sns_topic.this.arn
  source_type      = "db-instance"
  source_ids       = [var.database.identifier]
  event_categories = ["availability", "deletion", "failover", "failure", "low storage", "recovery"]

  tags = { Name = "${var.name}-rds", Service = "rds" }

  # RDS sends a test message when it is made.
  depends_on = [aws_sns_topic_policy.this]
}
