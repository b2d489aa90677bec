variable "name" {
  type        = string
  description = "Name of the group and Name tag of its instances, such as d2-ride-booking-prod-backend."
}

variable "service" {
  type        = string
  description = "Service tag, by which people and the bot find group and instances: backend-api, web-driver."
}

variable "subnet_ids" {
  type        = list(string)
  description = "Private subnets, one in each availability zone."

  validation {
    condition     = length(var.subnet_ids) > 0
    error_message = "At least one subnet."
  }
}

variable "security_group_ids" {
  type        = list(string)
  description = "Security groups of the instances."
}

variable "instance_profile_name" {
  type        = string
  description = "Instance profile with the rights of modules/instance-role: Session Manager is the only way in."
}

variable "instance_type" {
  type        = string
  description = "An x86_64 type, such as t3.small."

  validation {
    condition     = !can(regex("^[a-z]+[0-9]+[a-z]*g[a-z]*\\.", var.instance_type))
    error_message = "The image and the SSM agent that user_data takes are x86_64: choose a type without Graviton, such as t3.small."
  }
}

variable "user_data" {
  type        = string
  description = "What modules/user-data renders, as plain text."

  validation {
    condition     = length(var.user_data) <= 16384
    error_message = "EC2 takes 16 KB of user data."
  }
}

variable "target_group_arns" {
  type        = list(string)
  description = "Target groups of the load balancer that the instances join, and whose health checks they must pass."

  validation {
    condition     = length(var.target_group_arns) > 0
    error_message = "The group replaces what the load balancer calls unhealthy: it needs a target group."
  }
}

variable "port" {
  type        = number
  description = "Port of the service, for the Port tag."
}

variable "min_size" {
  type        = number
  default     = 2
  description = "Fewest instances: two keep the service up when a zone fails."
}

variable "max_size" {
  type        = number
  default     = 4
  description = "Most instances."

  validation {
    condition     = var.max_size >= var.min_size && var.min_size >= 0
    error_message = "max_size must be at least min_size."
  }
}

variable "desired_capacity" {
  type        = number
  default     = null
  description = "Instances at the first apply, min_size when null; afterwards autoscaling decides, and Terraform lets it."

  validation {
    condition     = var.desired_capacity == null || (coalesce(var.desired_capacity, 0) >= var.min_size && coalesce(var.desired_capacity, 0) <= var.max_size)
    error_message = "desired_capacity must lie between min_size and max_size."
  }
}

variable "cpu_target_percent" {
  type        = number
  default     = 60
  description = "Average CPU that target tracking keeps to; null switches it off."

  validation {
    condition     = var.cpu_target_percent == null || (coalesce(var.cpu_target_percent, 1) >= 1 && coalesce(var.cpu_target_percent, 1) <= 100)
    error_message = "A percentage between 1 and 100, or null."
  }
}

variable "health_check_grace_seconds" {
  type        = number
  default     = 600
  description = "How long user_data may take before the load balancer's verdict counts: about four minutes, and more while it waits for a NAT gateway."

  validation {
    condition     = var.health_check_grace_seconds >= 300
    error_message = "user_data installs everything in a few minutes: below 300 the group would replace instances that are still installing, for ever."
  }
}

variable "ami_id" {
  type        = string
  default     = null
  description = "An Amazon Linux 2023 x86_64 image to keep to; null takes the newest at the time of creation and stays with it."

  validation {
    condition     = var.ami_id == null || can(regex("^ami-[0-9a-f]+$", var.ami_id))
    error_message = "An image's id begins with ami-."
  }
}

variable "root_volume_gb" {
  type        = number
  default     = 20
  description = "Size of the root volume in GB; the image needs 8."

  validation {
    condition     = var.root_volume_gb >= 8
    error_message = "Amazon Linux 2023 needs 8 GB."
  }
}

variable "tags" {
  type        = map(string)
  default     = {}
  description = "Further tags, over the provider's default_tags."
}
