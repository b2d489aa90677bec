variable "region" {
  type        = string
  description = "AWS region: of the SSM agent's package, the artifact bucket and the database."
}

variable "service" {
  type        = string
  description = "Name of the service: PM2's process, the folder below /opt/apps, the prefix in the artifact bucket."

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]*$", var.service))
    error_message = "Lower-case letters, digits and dashes."
  }
}

variable "environment" {
  type        = string
  description = "Name of the environment, such as dev: which release is current is said for each apart."
}

variable "log_group_name" {
  type        = string
  description = "Log group of PM2's and cloud-init's logs; it must exist."
}

variable "application" {
  type        = bool
  default     = true
  description = "Whether the machine runs the service: Node.js, PM2 and a release. False for a bastion, which only takes the clients and the agents."
}

variable "node_major" {
  type        = number
  default     = 20
  description = "Node.js' major version, of those that Amazon Linux 2023 has as nodejs<major>."

  validation {
    condition     = contains([20, 22, 24], var.node_major)
    error_message = "Amazon Linux 2023 has Node.js 20, 22 and 24."
  }
}

variable "pm2_version" {
  type        = string
  default     = "7.0.4"
  description = "Exact version of PM2."

  validation {
    condition     = can(regex("^[0-9]+\\.[0-9]+\\.[0-9]+$", var.pm2_version))
    error_message = "An exact version, such as 7.0.4: a range would make instances of different days differ."
  }
}

variable "ssm_agent_version" {
  type        = string
  default     = "3.3.2746.0"
  description = "Oldest SSM agent that will do. Older ones know no interpolationType, and the bot's documents then refuse to run."
}

variable "port" {
  type        = number
  default     = 3000
  description = "Port of the service, for the look at its health; it goes into its settings as PORT."
}

variable "health_path" {
  type        = string
  default     = "/health"
  description = "What must answer 2xx once the service was started."

  validation {
    condition     = startswith(var.health_path, "/")
    error_message = "A path begins with a slash."
  }
}

variable "artifact_bucket" {
  type        = string
  default     = null
  description = "Bucket of the releases, <service>/<release>.tar.gz and .sha256; null when the instance waits for a deployment."
}

variable "release" {
  type        = string
  default     = null
  description = "The release to place at first boot. Null: the one that the object current/<environment>/<service> in the bucket names."

  validation {
    condition     = var.release == null || can(regex("^[A-Za-z0-9][A-Za-z0-9_.-]{0,63}$", var.release))
    error_message = "Letters, digits, . _ and -, 64 at most, the first a letter or a digit."
  }
}

variable "newest" {
  type        = bool
  default     = false
  description = "Whether the newest release will do where nothing says which is current; else the machine waits."
}

variable "settings" {
  type        = map(string)
  default     = {}
  description = "The service's .env, no secrets: everybody who may describe the instance can read them. backend-api/.env.example lists its names."

  validation {
    condition     = alltrue([for name, value in var.settings : can(regex("^[A-Z][A-Z0-9_]*$", name)) && can(regex("^[^\\s'\"`#$\\\\]*$", value))])
    error_message = "Names in capitals; values without spaces, quotes, #, $ and backslashes, which .env files read in different ways."
  }

  validation {
    condition     = !anytrue([for name, value in var.settings : can(regex("PASSWORD|SECRET|TOKEN|PRIVATE_KEY", name)) && value != ""])
    error_message = "User data is no place for a secret."
  }
}

variable "database_identifier" {
  type        = string
  default     = null
  description = "RDS instance whose address becomes DB_HOST at boot, where settings have none: an address in here would replace the instance whenever a toggle creates the database."
}

variable "migrate" {
  type        = bool
  default     = false
  description = "Run the first release's migrations as `migrator`, who must exist in the database and in the instance's role. A deployment does it otherwise."
}

variable "metrics" {
  type        = bool
  default     = false
  description = "Publish memory and disk use each minute, two custom metrics an instance (0.30 USD a month each)."
}
