variable "name" {
  description = "Prefix of every name, such as d2-ride-booking-dev; the load balancer is called <name>-alb."
  type        = string

  validation {
    condition     = length(var.name) <= 28
    error_message = "name can have 28 characters: AWS takes 32 for a load balancer, and -alb comes behind it."
  }
}

variable "vpc_id" {
  description = "Id of the VPC of the targets."
  type        = string
}

variable "subnet_ids" {
  description = "Ids of public subnets, in two zones or more."
  type        = list(string)

  validation {
    condition     = length(var.subnet_ids) >= 2
    error_message = "subnet_ids must name subnets of two zones or more: a load balancer wants two."
  }
}

variable "security_group_id" {
  description = "Id of the load balancer's security group."
  type        = string
}

variable "certificate_arn" {
  description = "ACM certificate of the same region; with one HTTP redirects to HTTPS, without one HTTP is all there is."
  type        = string
  default     = null
}

variable "https" {
  description = "Whether there is a certificate, for where the same run makes it and its ARN isn't known yet; null looks at certificate_arn."
  type        = bool
  default     = null

  validation {
    condition     = !coalesce(var.https, false) || var.certificate_arn != null
    error_message = "https needs certificate_arn: a listener for HTTPS has a certificate."
  }
}

variable "services" {
  description = "What is behind it, by the service's name: port of the targets, host names (none: every host), path of the health check, priority of the rule."
  type = map(object({
    port        = number
    hosts       = list(string)
    health_path = string
    priority    = number
  }))

  validation {
    condition     = length(distinct([for service in var.services : service.priority])) == length(var.services)
    error_message = "services: each needs a priority of its own."
  }

  validation {
    condition     = alltrue([for service in var.services : startswith(service.health_path, "/")])
    error_message = "services: health_path begins with a slash, such as /health."
  }

  validation {
    condition     = alltrue([for service in keys(var.services) : length("${var.name}-${trimprefix(trimsuffix(service, "-api"), "web-")}-tg") <= 32])
    error_message = "services: AWS takes 32 characters for a target group's name, <name>-<service>-tg without -api and web-: choose shorter ones."
  }
}

variable "instance_ids" {
  description = "Instances that stand alone, by service; those of an Auto Scaling group enter its target group by themselves."
  type        = map(string)
  default     = {}

  validation {
    condition     = alltrue([for service in keys(var.instance_ids) : contains(keys(var.services), service)])
    error_message = "instance_ids: each key must be one of services."
  }
}

variable "access_log_days" {
  description = "Days for which every request is kept in a bucket, billed by what is stored; null for no such record."
  type        = number
  default     = null

  validation {
    condition     = var.access_log_days == null ? true : var.access_log_days >= 1 && floor(var.access_log_days) == var.access_log_days
    error_message = "access_log_days must be whole days, 1 or more, or null for no access logs."
  }
}

variable "access_logs_force_destroy" {
  description = "Lets Terraform remove the bucket with the access logs in it."
  type        = bool
  default     = false
}

variable "deletion_protection" {
  description = "Whether AWS refuses to delete the load balancer."
  type        = bool
  default     = false
}
