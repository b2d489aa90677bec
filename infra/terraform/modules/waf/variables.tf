variable "name" {
  description = "Name of the web ACL, such as d2-ride-booking-prod-alb."
  type        = string
}

variable "scope" {
  description = "REGIONAL for load balancers, CLOUDFRONT for distributions."
  type        = string

  validation {
    condition     = contains(["REGIONAL", "CLOUDFRONT"], var.scope)
    error_message = "scope: REGIONAL or CLOUDFRONT."
  }
}

variable "region" {
  description = "The load balancers' region; us-east-1 for CLOUDFRONT, whatever the rest is in."
  type        = string

  validation {
    condition     = var.scope == "REGIONAL" || var.region == "us-east-1"
    error_message = "region must be us-east-1 where scope is CLOUDFRONT."
  }
}

variable "load_balancers" {
  description = "ARNs of the load balancers that it stands before, by a name of theirs."
  type        = map(string)
  default     = {}
}

variable "requests_per_5_minutes" {
  description = "How many requests one address may send in five minutes; phones of one mobile network share addresses."
  type        = number
  default     = 5000

  validation {
    condition     = var.requests_per_5_minutes >= 100
    error_message = "requests_per_5_minutes: 100 or more."
  }
}
