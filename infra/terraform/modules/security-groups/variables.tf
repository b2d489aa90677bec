variable "name" {
  description = "Prefix of every name, such as d2-ride-booking-dev."
  type        = string
}

variable "vpc_id" {
  description = "Id of the VPC."
  type        = string
}

variable "vpc_cidr" {
  description = "IPv4 range of the VPC, from which an internal load balancer is reached."
  type        = string
}

variable "services" {
  description = "Port of each service that runs on instances, by its name."
  type        = map(number)
  default     = { backend-api = 3000 }

  validation {
    condition     = alltrue([for port in values(var.services) : port >= 1024 && port <= 65535])
    error_message = "services must map names to ports from 1024 to 65535: services don't run as root."
  }
}

variable "database_clients" {
  description = "Services that may connect to the database; the bastion always may."
  type        = set(string)
  default     = ["backend-api"]

  validation {
    condition     = length(setsubtract(var.database_clients, keys(var.services))) == 0
    error_message = "database_clients must be names out of services."
  }
}

variable "database_port" {
  description = "Port of the database."
  type        = number
  default     = 3306
}

variable "alb_public" {
  description = "Whether the load balancer's ports are open to the internet, or to the VPC alone."
  type        = bool
  default     = true
}
