variable "region" {
  description = "Where everything is. The backend's region in versions.tf of each environment must be the same; Terraform allows no variable there."
  type        = string
  default     = "ap-southeast-1"
}

variable "state_bucket" {
  description = "Name of the state bucket; null makes it from the account's id, as every other environment expects."
  type        = string
  default     = null
}

variable "artifact_bucket" {
  description = "Name of the artifact bucket; null makes it from the account's id, as every other environment expects."
  type        = string
  default     = null
}

variable "discard_artifacts" {
  description = "Lets `terraform destroy` remove the artifact bucket with all releases in it; for taking everything down."
  type        = bool
  default     = false
}

variable "github_repository" {
  description = "The repository whose main branch may release, `owner/name`; made or renamed since July 2026, it is `owner@123/name@456`, see infra/README.md. Null: no GitHub roles."
  type        = string
  default     = null
}

variable "github_subjects" {
  description = "What of that repository may release."
  type        = set(string)
  default     = ["ref:refs/heads/main"]
}

variable "create_oidc_provider" {
  description = "Make the account's identity provider for GitHub Actions; false where the account has one: aws iam list-open-id-connect-providers."
  type        = bool
  default     = true
}

variable "toggle_environments" {
  description = "Environments whose toggles can be set from Slack."
  type        = set(string)
  default     = ["dev"]

  validation {
    condition     = alltrue([for name in var.toggle_environments : can(regex("^[a-z][a-z0-9-]{0,15}$", name))])
    error_message = "toggle_environments: names such as dev, lower-case."
  }
}

variable "service_linked_roles" {
  description = "AWS services whose own role must exist before the runner makes their first resource. Leave out what the account has: aws iam list-roles --path-prefix /aws-service-role/ --query 'Roles[].RoleName'"
  type        = set(string)
  default = [
    "autoscaling.amazonaws.com",
    "ecs.amazonaws.com",
    "elasticloadbalancing.amazonaws.com",
    "rds.amazonaws.com",
  ]

  validation {
    condition     = alltrue([for name in var.service_linked_roles : endswith(name, ".amazonaws.com")])
    error_message = "service_linked_roles: service principals such as rds.amazonaws.com."
  }
}

variable "budget_amount" {
  description = "What a month may cost, in US dollars, before it is told."
  type        = number
  default     = 200
}

variable "budget_emails" {
  description = "Who is told at 80 % and 100 % of it, and when the forecast passes it. Nobody can be guessed: fill it in."
  type        = set(string)
  default     = []

  validation {
    condition     = length(var.budget_emails) > 0
    error_message = "budget_emails: write at least one address into envs/bootstrap/terraform.tfvars, such as budget_emails = [\"platform@example.com\"]. Without it nobody would hear of a bill that grows."
  }
}

variable "budget_by_tag" {
  description = "Count only what is tagged Project=d2-ride-booking, not the whole account; the tag must have been active as a cost allocation tag for a day."
  type        = bool
  default     = false
}

variable "anomaly_detection" {
  description = "Also tell about spending that is unlike the days before; free. AWS allows one such monitor an account and may have made it: aws ce get-anomaly-monitors."
  type        = bool
  default     = false
}

variable "cloudtrail" {
  description = "Keep for a year who changed what in the account, Slack or no Slack. The first trail of an account is free, a second costs by event: aws cloudtrail describe-trails. To turn it off again, empty its bucket first."
  type        = bool
  default     = false
}
