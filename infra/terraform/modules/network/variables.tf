variable "name" {
  description = "Prefix of every name, such as d2-ride-booking-dev."
  type        = string
}

variable "cidr" {
  description = "IPv4 range of the VPC, /16 to /20, so that the smallest subnet has 16 addresses or more."
  type        = string

  validation {
    condition     = can(cidrhost(var.cidr, 0)) && try(tonumber(split("/", var.cidr)[1]) >= 16 && tonumber(split("/", var.cidr)[1]) <= 20, false)
    error_message = "cidr must be an IPv4 range between /16 and /20, such as 10.20.0.0/16."
  }
}

variable "az_count" {
  description = "Number of availability zones, each with a public, a private and a database subnet. Load balancers and databases want two."
  type        = number
  default     = 2

  validation {
    condition     = contains([2, 3], var.az_count)
    error_message = "az_count must be 2 or 3: load balancers and database subnet groups need two zones, and ap-southeast-1 has three."
  }
}

variable "availability_zones" {
  description = "Names of the zones, at least az_count of them; null takes the region's first ones."
  type        = list(string)
  default     = null

  validation {
    condition     = var.availability_zones == null ? true : length(distinct(var.availability_zones)) >= var.az_count
    error_message = "availability_zones must name at least az_count different zones, or be null."
  }
}

variable "nat_gateways" {
  description = "Number of NAT gateways, each billed by the hour with its address: 0 for none, 1 for all zones, az_count for one per zone."
  type        = number
  default     = 0

  validation {
    condition     = contains([0, 1, var.az_count], var.nat_gateways)
    error_message = "nat_gateways must be 0, 1 or az_count."
  }
}

variable "flow_logs" {
  description = "Whether to record rejected traffic in CloudWatch Logs (billed by volume)."
  type        = bool
  default     = false
}

variable "flow_log_retention_days" {
  description = "Days for which flow logs are kept."
  type        = number
  default     = 30
}
