variable "region" {
  description = "AWS region; versions.tf names it once more for the state, where no variable can stand."
  type        = string
  default     = "ap-southeast-1"
}

variable "enable_ec2_backend" {
  description = "Backend instance: backend-api on port 3000."
  type        = bool
  default     = false
}

variable "enable_rds" {
  description = "MySQL database. Switched off, it leaves a final snapshot, which AWS takes only while the database runs."
  type        = bool
  default     = false
}

variable "enable_nat_gateway" {
  description = "NAT gateway: the instances' way to the internet, which they need to install themselves."
  type        = bool
  default     = false
}

variable "enable_alb" {
  description = "Application load balancer in front of backend-api, whose instance AWS registers only while it runs."
  type        = bool
  default     = false
}

variable "enable_ssm_vpc_endpoints" {
  description = "Interface endpoints for Session Manager and Run Command, which reach the instances without NAT."
  type        = bool
  default     = false
}

variable "enable_bastion" {
  description = "Bastion, through which Session Manager forwards a port to the database."
  type        = bool
  default     = false
}

variable "enable_web_admin" {
  description = "Static site web-admin."
  type        = bool
  default     = false
}

variable "enable_web_passenger" {
  description = "Static site web-passenger."
  type        = bool
  default     = false
}

variable "enable_web_driver" {
  description = "Static site web-driver."
  type        = bool
  default     = false
}

variable "toggles_parameter" {
  description = "SSM parameter whose toggles go before those of terraform.tfvars; envs/bootstrap creates it, the bot writes it."
  type        = string
  default     = "/d2/dev/toggles"
}

variable "planned_toggles" {
  description = "Toggles that the parameter is about to have: the bot plans with them, and writes them into the parameter before it applies that plan. Leave it empty by hand."
  type        = map(bool)
  default     = {}

  validation {
    condition     = length(setsubtract(keys(var.planned_toggles), local.toggle_names)) == 0
    error_message = "planned_toggles names what is no toggle: ${join(", ", setsubtract(keys(var.planned_toggles), local.toggle_names))}. The toggles are ${join(", ", local.toggle_names)}."
  }
}

variable "vpc_cidr" {
  description = "IPv4 range of the VPC."
  type        = string
  default     = "10.20.0.0/16"
}

variable "backend_instance_type" {
  description = "Instance type of the backend."
  type        = string
  default     = "t3.small"
}

variable "bastion_instance_type" {
  description = "Instance type of the bastion."
  type        = string
  default     = "t3.micro"
}

variable "rds_instance_class" {
  description = "Instance class of the database."
  type        = string
  default     = "db.t3.micro"
}

variable "rds_engine_version" {
  description = "MySQL's version. 8.0, which the guide was written for, costs Extended Support since 2026-08-01, per vCPU and hour, several times the instance; 8.4 costs none."
  type        = string
  default     = "8.4"
}

variable "rds_snapshot_identifier" {
  description = "Snapshot that the database is created from when it is switched on; null starts empty."
  type        = string
  default     = null
}

variable "rds_deletion_protection" {
  description = "Whether AWS refuses to delete the database. With true, its toggle can't switch it off."
  type        = bool
  default     = false
}

variable "alb_certificate_arn" {
  description = "ACM certificate for HTTPS; null serves HTTP only."
  type        = string
  default     = null
}

variable "node_major" {
  description = "Node.js' major version on the instances."
  type        = number
  default     = 20
}

variable "backend_log_group" {
  description = "Log group of the backend instance: PM2's and cloud-init's logs."
  type        = string
  default     = "/aws/ec2/dev-d2-ride-booking-backend"
}

variable "log_retention_days" {
  description = "Days for which logs are kept."
  type        = number
  default     = 14
}

variable "artifact_bucket" {
  description = "Bucket of the releases; null for the one that envs/bootstrap creates, named by the account's id."
  type        = string
  default     = null
}
