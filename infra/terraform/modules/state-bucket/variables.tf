variable "bucket" {
  description = "Name of the bucket; unique among all buckets of AWS."
  type        = string

  validation {
    condition     = can(regex("^[a-z0-9][a-z0-9-]{1,61}[a-z0-9]$", var.bucket))
    error_message = "bucket: 3 to 63 lower-case letters, digits and hyphens (a dot would break TLS on its own host name)."
  }
}

variable "history_days" {
  description = "How many days an earlier version of a state can be brought back."
  type        = number
  default     = 90

  validation {
    condition     = var.history_days >= 7 && floor(var.history_days) == var.history_days
    error_message = "history_days: whole days, 7 at least: a state that was broken on a Friday is noticed the week after."
  }
}
