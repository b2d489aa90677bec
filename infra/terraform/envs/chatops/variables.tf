variable "region" {
  description = "Where everything is. The backend's region in versions.tf must be the same; Terraform allows no variable there."
  type        = string
  default     = "ap-southeast-1"
}

variable "environments" {
  description = "Environments that the bot looks after, as d2.yaml names them."
  type        = list(string)
  default     = ["dev", "prod"]
}

variable "stoppable_environments" {
  description = "Those that may be stopped and started: what d2.yaml does not protect."
  type        = list(string)
  default     = ["dev"]
}

variable "toggle_environments" {
  description = "Those whose toggles can be set from Slack, as in envs/bootstrap."
  type        = list(string)
  default     = ["dev"]
}

variable "log_groups" {
  description = "Log groups that the bot may read: those of d2.yaml's services."
  type        = list(string)
  default     = ["/aws/ec2/dev-d2-ride-booking-backend", "/aws/ec2/prod-d2-ride-booking-backend"]
}

variable "environment_roles" {
  description = "Roles that the bot may take in other accounts: those of d2.yaml's `assume`, by ARN."
  type        = list(string)
  default     = []
}

variable "image_tag" {
  description = "The image to run: a commit, as the workflow bot-image pushes it."
  type        = string
  default     = null

  validation {
    condition     = var.image_tag != null || var.without_service || var.discard
    error_message = "image_tag: none, so the service would be removed. Write the image's commit into terraform.tfvars; for the first apply, when there is no image yet, say -var without_service=true."
  }
}

variable "without_service" {
  description = "Everything but the service: for the first apply, when there is no image yet."
  type        = bool
  default     = false
}

variable "config_path" {
  description = "Path of d2.yaml, from this folder; null where it isn't filled in yet."
  type        = string
  default     = null

  validation {
    condition     = var.config_path == null || fileexists(coalesce(var.config_path, "-"))
    error_message = "config_path: there is no such file, seen from envs/chatops. The project's own is ../../../../d2.yaml."
  }
}

variable "desired_count" {
  description = "Tasks; each costs about 15 US dollars a month with its address."
  type        = number
  default     = 1
}

variable "cpu_architecture" {
  description = "X86_64, which the workflow bot-image builds, or ARM64."
  type        = string
  default     = "X86_64"
}

variable "infra_commit" {
  description = "Commit whose Terraform the runner applies when a toggle is set from Slack; null: none can be."
  type        = string
  default     = null
}

variable "state_bucket" {
  description = "Bucket of Terraform's states; null makes the name from the account's id, as bootstrap does."
  type        = string
  default     = null
}

variable "artifact_bucket" {
  description = "Bucket of the artifacts; null makes the name from the account's id, as bootstrap does."
  type        = string
  default     = null
}

variable "vpc_cidr" {
  description = "IPv4 range of the bot's VPC, apart from the environments'."
  type        = string
  default     = "10.40.0.0/20"
}

variable "flow_logs" {
  description = "Whether to record rejected traffic in CloudWatch Logs (billed by volume)."
  type        = bool
  default     = false
}

variable "audit_retention_days" {
  description = "Days for which the audit trail is kept, a year or more; 0 for ever."
  type        = number
  default     = 400
}

variable "emails" {
  description = "Who is told when the bot is down; each has to confirm a mail from AWS."
  type        = set(string)
  default     = []
}

variable "discard" {
  description = "Lets `terraform destroy` remove the table, the trail, the tokens and the images; for taking everything down."
  type        = bool
  default     = false
}
