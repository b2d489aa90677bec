variable "name" {
  description = "Prefix of every name, such as d2-ride-booking-prod: by it the bot tells which environment an alarm is of."
  type        = string
}

variable "environment" {
  description = "What the bot calls the environment, for the descriptions, which say what to ask it."
  type        = string
}

variable "emails" {
  description = "Addresses that are told; each must confirm by the link that AWS mails to it."
  type        = set(string)
  default     = []

  validation {
    condition     = alltrue([for email in var.emails : can(regex("^[^@\\s]+@[^@\\s]+\\.[^@\\s]+$", email))])
    error_message = "emails: each an address, such as platform@example.com."
  }
}

variable "load_balancer" {
  description = "CloudWatch's name of the load balancer (arn_suffix), and of each service behind it its target group's and how many healthy instances it should have; null for no alarms on them."
  type = object({
    arn_suffix = string
    services   = map(object({ target_group = string, instances = number }))
  })
  default = null
}

variable "latency_seconds" {
  description = "How long the slowest hundredth of a service's answers may take."
  type        = number
  default     = 2

  validation {
    condition     = var.latency_seconds > 0
    error_message = "latency_seconds must be more than 0."
  }
}

variable "database" {
  description = "Identifier of the RDS instance, and below or above what it is in need: GiB of free storage, MiB of free memory, connections; null for no alarms on it."
  type = object({
    identifier       = string
    free_storage_gib = number
    free_memory_mib  = number
    connections      = number
  })
  default = null
}
