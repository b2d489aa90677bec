variable "region" {
  description = "AWS region; versions.tf names it once more for the state, where no variable can stand."
  type        = string
  default     = "ap-southeast-1"
}

variable "domain" {
  description = "Domain of the platform: api, driver, admin and passenger are host names below it."
  type        = string

  validation {
    condition     = can(regex("^([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\\.)+[a-z][a-z0-9-]{0,61}[a-z0-9]$", var.domain)) && length(var.domain) <= 54
    error_message = "domain must be a bare domain in small letters, such as rides.example.com: no https://, no dot or slash at the end, 54 characters at most, for a certificate's name has 64."
  }
}

variable "zone" {
  description = "Route 53 zone that the host names go into, where it isn't domain itself: example.com for rides.example.com."
  type        = string
  default     = null

  validation {
    condition     = var.zone == null ? true : var.domain == var.zone || endswith(var.domain, ".${var.zone}")
    error_message = "zone must be domain or what domain ends with: for rides.example.com, example.com."
  }
}

variable "dns_in_route53" {
  description = "False where another provider has the zone: then terraform output dns_records says what to enter there, and apply waits until the certificates' records are found."
  type        = bool
  default     = true
}

variable "vpc_cidr" {
  description = "IPv4 range of the VPC, another than dev's."
  type        = string
  default     = "10.30.0.0/16"
}

variable "az_count" {
  description = "Number of availability zones that everything is spread over."
  type        = number
  default     = 2

  validation {
    condition     = contains([2, 3], var.az_count)
    error_message = "az_count must be 2 or 3: one zone would fail as a whole, and ap-southeast-1 has three."
  }
}

variable "nat_gateway_per_zone" {
  description = "True: a zone's instances keep their way out when another zone fails. False: one for all, 47 USD a month less for each left out."
  type        = bool
  default     = true
}

variable "backend_api" {
  description = "Instances of backend-api: their type, fewest and most, and what its .env has beside what Terraform knows. A release must be in the artifact bucket first: instances that serve nothing are replaced without end."
  type = object({
    instance_type = optional(string, "t3.small")
    min_size      = optional(number, 2)
    max_size      = optional(number, 4)
    settings      = optional(map(string), {})
  })
  default = {}

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]*\\.[a-z0-9]+$", var.backend_api.instance_type))
    error_message = "backend_api.instance_type must be an EC2 instance type, such as t3.small."
  }

  validation {
    condition     = 0 <= var.backend_api.min_size && var.backend_api.min_size <= var.backend_api.max_size && var.backend_api.max_size >= 1
    error_message = "backend_api.min_size must be 0 or more and not above max_size: 2 and 4, for example."
  }
}

variable "web_driver" {
  description = "Instances of web-driver, as of backend-api; health_path must answer 200 without a login. While the artifact bucket has no release of it, give it min_size 0."
  type = object({
    instance_type = optional(string, "t3.small")
    min_size      = optional(number, 2)
    max_size      = optional(number, 4)
    health_path   = optional(string, "/")
    settings      = optional(map(string), {})
  })
  default = {}

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]*\\.[a-z0-9]+$", var.web_driver.instance_type))
    error_message = "web_driver.instance_type must be an EC2 instance type, such as t3.small."
  }

  validation {
    condition     = 0 <= var.web_driver.min_size && var.web_driver.min_size <= var.web_driver.max_size && var.web_driver.max_size >= 1
    error_message = "web_driver.min_size must be 0 or more and not above max_size: 2 and 4, for example."
  }

  validation {
    condition     = startswith(var.web_driver.health_path, "/")
    error_message = "web_driver.health_path must begin with a slash, such as /api/health."
  }
}

variable "node_major" {
  description = "Node.js' major version on the instances."
  type        = number
  default     = 20
}

variable "artifact_bucket" {
  description = "Bucket of the releases; null for the one that envs/bootstrap creates, named by the account's id."
  type        = string
  default     = null
}

variable "log_retention_days" {
  description = "Days for which the instances' and the database's logs are kept."
  type        = number
  default     = 90
}

variable "access_log_days" {
  description = "Days for which every request to the load balancer is kept; null for none."
  type        = number
  default     = 90
}

variable "rds_instance_class" {
  description = "Instance class of the database; its standby has the same, and costs the same."
  type        = string
  default     = "db.t3.small"

  validation {
    condition     = can(regex("^db\\.[a-z][a-z0-9-]*\\.[a-z0-9]+$", var.rds_instance_class))
    error_message = "rds_instance_class must be one of RDS's, such as db.t3.small."
  }
}

variable "rds_engine_version" {
  description = "MySQL's version, and better dev's too. RDS charges Extended Support for 8.0 since 2026-08-01, per vCPU and hour and for the standby once more; 8.4 has none."
  type        = string
  default     = "8.4"
}

variable "rds_allocated_storage" {
  description = "Storage of the database in GiB; it grows by itself up to five times that, and never shrinks."
  type        = number
  default     = 20
}

variable "rds_snapshot_identifier" {
  description = "Snapshot that the database is created from; null starts empty. Looked at on creation only."
  type        = string
  default     = null
}

variable "rds_performance_insights" {
  description = "Whether Performance Insights, in the console Database Insights' standard mode, shows which queries the database waits for; a week of it is free."
  type        = bool
  default     = false

  validation {
    condition     = !(var.rds_performance_insights && can(regex("\\.(micro|small)$", var.rds_instance_class)))
    error_message = "rds_performance_insights needs a larger rds_instance_class: db.t3.medium at least; micro and small don't have it."
  }
}

variable "alert_emails" {
  description = "Addresses that alarms are mailed to; each must confirm by the link that AWS mails to it."
  type        = set(string)
  default     = []

  validation {
    condition     = alltrue([for email in var.alert_emails : can(regex("^[^@\\s]+@[^@\\s]+\\.[^@\\s]+$", email))])
    error_message = "alert_emails must be mail addresses, such as [\"platform@example.com\"]."
  }
}

variable "protected" {
  description = "Whether AWS refuses to delete the database, the load balancer and the user pool, and Terraform to delete access logs. To take prod down: apply with false, then destroy."
  type        = bool
  default     = true
}

variable "flow_logs" {
  description = "Whether traffic that the network rejects is recorded, billed by volume."
  type        = bool
  default     = false
}

variable "waf" {
  description = "Whether AWS's firewall rules stand before the load balancer and the sites, 9 USD a month each and 0.60 a million requests."
  type        = bool
  default     = false
}
