variable "name" {
  description = "Name of the budget."
  type        = string
}

variable "monthly_amount" {
  description = "What a month may cost, in US dollars; AWS bills in them whatever the card's currency."
  type        = number

  validation {
    condition     = var.monthly_amount > 0
    error_message = "monthly_amount: more than 0 US dollars."
  }
}

variable "emails" {
  description = "Who is told; AWS takes ten addresses an alert at most."
  type        = set(string)

  validation {
    condition     = length(var.emails) >= 1 && length(var.emails) <= 10
    error_message = "emails: one to ten addresses. A budget that tells nobody is of no use."
  }

  validation {
    condition     = alltrue([for email in var.emails : can(regex("^[^@[:space:]]+@[^@[:space:]]+\\.[^@[:space:]]+$", email))])
    error_message = "emails: at least one of these is no email address."
  }
}

variable "project_tag" {
  description = "Count only what carries this value of the tag Project, which must be active as a cost allocation tag; null counts the whole account."
  type        = string
  default     = null
}

variable "anomaly_detection" {
  description = "Also tell about spending that is unlike the days before. Free, but an account has one monitor by service, and AWS makes one itself where Cost Explorer was opened."
  type        = bool
  default     = false
}

variable "anomaly_minimum" {
  description = "From how many US dollars an anomaly is told."
  type        = number
  default     = 5

  validation {
    condition     = var.anomaly_minimum > 0
    error_message = "anomaly_minimum: more than 0 US dollars."
  }
}
