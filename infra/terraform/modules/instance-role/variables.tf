variable "name" {
  type        = string
  description = "Name of role and instance profile, such as d2-ride-booking-dev-backend."
}

variable "service" {
  type        = string
  description = "Service tag; also the prefix of its releases in the artifact bucket."
}

variable "environment" {
  type        = string
  description = "Name of the environment, such as dev: the instance sees which release is current there, and nowhere else."
}

variable "log_group_arns" {
  type        = list(string)
  description = "Log groups into which the CloudWatch agent writes, without a `:*` at the end."

  validation {
    condition     = alltrue([for arn in var.log_group_arns : can(regex("^arn:[^:]+:logs:[^:]+:[0-9]{12}:log-group:[^:*]+$", arn))])
    error_message = "Each a log group's ARN as aws_log_group's arn gives it: no wildcard."
  }
}

variable "artifact_bucket_arn" {
  type        = string
  default     = null
  description = "Bucket whose `<service>/` and `current/<environment>/<service>` the instance may read; null for a machine that runs no release."
}

variable "database_resource_id" {
  type        = string
  default     = null
  description = "The database's resource id (db-…), or `*` where a toggle creates and destroys the database and must not touch IAM; null for no database."

  validation {
    condition     = var.database_resource_id == null || can(regex("^(\\*|db-[A-Z0-9]+)$", var.database_resource_id))
    error_message = "A resource id begins with db-: it is the database's resource_id, and not its identifier."
  }
}

variable "database_users" {
  type        = list(string)
  default     = ["app_user"]
  description = "Database users as whom the instance may log in by IAM; add `migrator` where releases are migrated from the instance."

  validation {
    condition     = alltrue([for user in var.database_users : can(regex("^[a-z_][a-z0-9_]*$", user)) && !contains(["admin", "root", "rdsadmin"], user)])
    error_message = "Plain user names, and never the master's."
  }
}

variable "metrics" {
  type        = bool
  default     = false
  description = "Whether the CloudWatch agent publishes memory and disk, as modules/user-data's metrics says."
}

variable "tags" {
  type        = map(string)
  default     = {}
  description = "Further tags, over the provider's default_tags."
}
