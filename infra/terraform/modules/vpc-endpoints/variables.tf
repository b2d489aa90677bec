variable "name" {
  description = "Prefix of every name, such as d2-ride-booking-dev."
  type        = string
}

variable "vpc_id" {
  description = "Id of the VPC, whose DNS resolves the services' ordinary names to the endpoints."
  type        = string
}

variable "subnet_ids" {
  description = "Ids of the subnets to place the endpoints in, one a zone: each endpoint is billed for each. Instances of other zones reach them too."
  type        = list(string)

  validation {
    condition     = length(var.subnet_ids) > 0
    error_message = "subnet_ids must name at least one subnet."
  }
}

variable "security_group_id" {
  description = "Id of the group that admits the instances on port 443."
  type        = string
}

variable "services" {
  description = "AWS services to reach without NAT; Session Manager and Run Command need the three of the default."
  type        = set(string)
  default     = ["ssm", "ssmmessages", "ec2messages"]
}
