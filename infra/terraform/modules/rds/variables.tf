variable "name" {
  description = "Prefix of every name, such as d2-ride-booking-dev; the instance is called <name>-rds-mysql."
  type        = string
}

variable "subnet_ids" {
  description = "Ids of the subnets, in two zones or more, without a way out."
  type        = list(string)

  validation {
    condition     = length(var.subnet_ids) >= 2
    error_message = "subnet_ids must name subnets of two zones or more: RDS refuses a group with fewer."
  }
}

variable "security_group_id" {
  description = "Id of the group that admits the database's clients."
  type        = string
}

variable "engine_version" {
  description = "MySQL's version, 8.0 or 8.4; with a patch level (8.0.43) it stays there. RDS's standard support of 8.0 ended on 2026-07-31: see extended_support."
  type        = string
  default     = "8.4"

  validation {
    condition     = can(regex("^8\\.[04](\\.\\d+)?$", var.engine_version))
    error_message = "engine_version must be 8.0 or 8.4, or one of their patch levels, such as 8.0.43."
  }
}

variable "extended_support" {
  description = "Whether to pay RDS Extended Support, per vCPU and hour, for a version whose standard support has ended. Without it AWS upgrades such an instance by itself and refuses to create one."
  type        = bool
  default     = true
}

variable "allow_major_version_upgrade" {
  description = "Whether a change of engine_version from 8.0 to 8.4 is meant: AWS refuses it otherwise."
  type        = bool
  default     = false
}

variable "instance_class" {
  description = "Instance class."
  type        = string
  default     = "db.t3.micro"

  validation {
    condition     = startswith(var.instance_class, "db.")
    error_message = "instance_class must be one of RDS's, such as db.t3.micro."
  }
}

variable "allocated_storage" {
  description = "Storage in GiB, gp3. It can grow, never shrink."
  type        = number
  default     = 20

  validation {
    condition     = var.allocated_storage >= 20
    error_message = "allocated_storage must be 20 GiB or more: that is gp3's least."
  }
}

variable "max_allocated_storage" {
  description = "GiB up to which RDS may grow the storage by itself; 0 for never."
  type        = number
  default     = 0

  validation {
    condition     = var.max_allocated_storage == 0 || var.max_allocated_storage > var.allocated_storage
    error_message = "max_allocated_storage must be 0 or more than allocated_storage."
  }
}

variable "kms_key_arn" {
  description = "Key that encrypts storage, backups and the secret; null takes AWS's own for the account."
  type        = string
  default     = null
}

variable "database_name" {
  description = "Name of the first database."
  type        = string
  default     = "ridebooking"
}

variable "master_username" {
  description = "Name of the master user."
  type        = string
  default     = "admin"
}

variable "master_password_version" {
  description = "Raise it to have a new master password made and set."
  type        = number
  default     = 1
}

variable "secret_recovery_days" {
  description = "Days for which the deleted secret can be had back, during which its name is taken: 7 to 30, or 0 to free the name at once."
  type        = number
  default     = 30

  validation {
    condition     = var.secret_recovery_days == 0 || (var.secret_recovery_days >= 7 && var.secret_recovery_days <= 30)
    error_message = "secret_recovery_days must be 0, or 7 to 30."
  }
}

variable "multi_az" {
  description = "Whether a standby waits in another zone, for twice the price."
  type        = bool
  default     = false
}

variable "deletion_protection" {
  description = "Whether AWS refuses to delete the instance."
  type        = bool
  default     = true
}

variable "snapshot_identifier" {
  description = "Snapshot to create the instance from; null starts empty. Looked at on creation only: a later change does not touch a database that is in use."
  type        = string
  default     = null
}

variable "final_snapshot" {
  description = "Whether deleting the instance leaves a snapshot, whose name is never used twice."
  type        = bool
  default     = true
}

variable "backup_retention_days" {
  description = "Days for which automated backups are kept; 0 has none."
  type        = number
  default     = 7

  validation {
    condition     = var.backup_retention_days >= 0 && var.backup_retention_days <= 35
    error_message = "backup_retention_days must be 0 to 35."
  }
}

variable "backup_window" {
  description = "Half an hour or more for backups, UTC."
  type        = string
  default     = "18:00-18:30"
}

variable "maintenance_window" {
  description = "Half an hour or more for patches, UTC, apart from the backups."
  type        = string
  default     = "sun:19:00-sun:19:30"
}

variable "apply_immediately" {
  description = "Whether changes are made at once rather than in the maintenance window; some restart the database."
  type        = bool
  default     = false
}

variable "log_exports" {
  description = "Logs sent to CloudWatch. Make the groups /aws/rds/instance/<name>-rds-mysql/<log> beforehand: RDS would make them without an end to retention, and nothing would remove them."
  type        = set(string)
  default     = ["error", "slowquery"]

  validation {
    condition     = length(setsubtract(var.log_exports, ["audit", "error", "general", "slowquery"])) == 0
    error_message = "log_exports may name audit, error, general and slowquery."
  }
}

variable "slow_query_seconds" {
  description = "Seconds from which a query counts as slow."
  type        = number
  default     = 1
}

variable "performance_insights" {
  description = "Whether Performance Insights runs, with its free week of history; the smallest classes (db.t3.micro, db.t3.small) don't have it."
  type        = bool
  default     = false
}

variable "monitoring" {
  description = "Enhanced monitoring, billed by the volume it logs: seconds between two looks, and the role that RDS writes as. null for none."
  type        = object({ seconds = number, role_arn = string })
  default     = null

  validation {
    condition     = var.monitoring == null ? true : contains([1, 5, 10, 15, 30, 60], var.monitoring.seconds)
    error_message = "monitoring.seconds must be 1, 5, 10, 15, 30 or 60; leave monitoring null for none."
  }
}
