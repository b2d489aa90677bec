variable "name" {
  type        = string
  description = "Name tag of the instance, such as d2-ride-booking-dev-backend."
}

variable "service" {
  type        = string
  description = "Service tag, by which people and the bot find the instance: backend-api, bastion."
}

variable "subnet_id" {
  type        = string
  description = "A private subnet."
}

variable "security_group_ids" {
  type        = list(string)
  description = "The instance's security groups."
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
  description = "What modules/user-data renders."

  validation {
    condition     = length(var.user_data) <= 16384
    error_message = "EC2 takes 16 KB of user data."
  }
}

variable "user_data_replace_on_change" {
  type        = bool
  default     = true
  description = "Replace the instance when user_data changes. cloud-init runs a new script on a new instance only; with false the provider would stop the instance, change the text, and start it, a stopped one too, for nothing."
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
