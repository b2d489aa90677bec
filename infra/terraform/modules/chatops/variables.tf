variable "name" {
  description = "Prefix of every name."
  type        = string
  default     = "d2-chatops"
}

variable "region" {
  description = "Where the bot runs, and what it looks after is."
  type        = string
}

variable "project" {
  description = "Value of the Project tag of what the bot looks after, and prefix of its names."
  type        = string
  default     = "d2-ride-booking"
}

variable "environments" {
  description = "Environments that the bot looks after, as the Environment tag and d2.yaml name them."
  type        = list(string)

  validation {
    condition     = length(var.environments) > 0 && alltrue([for env in var.environments : can(regex("^[a-z][a-z0-9-]{0,19}$", env))])
    error_message = "environments: names such as dev, lower-case. A wildcard would be every environment of the account."
  }

  validation {
    condition = alltrue([
      for pair in setproduct(var.environments, var.environments) : !startswith(pair[1], "${pair[0]}-")
    ])
    error_message = "environments: one begins with another's name and a hyphen (dev, dev-eu). Rights go by the beginnings of names, and those of the one would reach the other."
  }
}

variable "stoppable_environments" {
  description = "Those whose instances and databases may be stopped and started; protected ones are not among them."
  type        = list(string)

  validation {
    condition     = length(setsubtract(var.stoppable_environments, var.environments)) == 0 && length(var.stoppable_environments) > 0
    error_message = "stoppable_environments: at least one, and only such as environments names."
  }
}

variable "toggle_environments" {
  description = "Those whose toggles may be set: each needs its parameter from envs/bootstrap, `/d2/<env>/toggles`."
  type        = list(string)

  validation {
    condition     = length(setsubtract(var.toggle_environments, var.environments)) == 0 && length(var.toggle_environments) > 0
    error_message = "toggle_environments: at least one, and only such as environments names."
  }
}

variable "log_groups" {
  description = "Log groups that the bot may read, by name: those of d2.yaml's services."
  type        = list(string)

  validation {
    condition     = length(var.log_groups) > 0 && alltrue([for name in var.log_groups : can(regex("^[A-Za-z0-9_./#-]{1,512}$", name))])
    error_message = "log_groups: full names of log groups, without wildcards."
  }
}

variable "environment_roles" {
  description = "ARNs of the roles that d2.yaml's environments name by `assume`: those of environments in other accounts."
  type        = list(string)
  default     = []

  validation {
    condition     = alltrue([for arn in var.environment_roles : can(regex("^arn:aws[a-z-]*:iam::[0-9]{12}:role/[A-Za-z0-9+=,.@_/-]+$", arn))])
    error_message = "environment_roles: full ARNs of roles, without wildcards."
  }
}

variable "audit_group" {
  description = "Name of the audit trail's log group, as d2.yaml's `trail` has it."
  type        = string
  default     = "/d2/chatops/audit"
}

variable "audit_retention_days" {
  description = "Days for which the audit trail is kept; 0 for ever."
  type        = number
  default     = 400

  validation {
    condition     = contains([0, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653], var.audit_retention_days)
    error_message = "audit_retention_days: a year or more, in steps that CloudWatch Logs has (365, 400, 545, 731, 1096, 1827 …), or 0."
  }
}

variable "log_retention_days" {
  description = "Days for which the bot's and the runner's logs are kept."
  type        = number
  default     = 90
}

variable "discard" {
  description = "Lets `terraform destroy` remove the table, the trail, the tokens and the images; for taking everything down."
  type        = bool
  default     = false
}

variable "vpc_cidr" {
  description = "IPv4 range of the bot's VPC, /16 to /20, apart from the environments'."
  type        = string
  default     = "10.40.0.0/20"
}

variable "flow_logs" {
  description = "Whether to record rejected traffic in CloudWatch Logs (billed by volume)."
  type        = bool
  default     = false
}

variable "image_tag" {
  description = "The image to run: a commit, as the workflow bot-image pushes it. Null: everything but the service, for the first time, when there is no image yet."
  type        = string
  default     = null

  validation {
    condition     = var.image_tag == null || can(regex("^[A-Za-z0-9_][A-Za-z0-9._-]{0,127}$", var.image_tag)) && var.image_tag != "latest"
    error_message = "image_tag: one image's tag, such as a commit. Tags can't be moved here, so `latest` would never change."
  }

  validation {
    condition     = var.image_tag == null || var.config_yaml != null
    error_message = "image_tag is given without config_yaml (in envs/chatops: config_path): the bot can't start without its d2.yaml."
  }
}

variable "config_yaml" {
  description = "Text of d2.yaml; null where there is none yet."
  type        = string
  default     = null

  validation {
    condition     = var.config_yaml == null || can(keys(yamldecode(var.config_yaml)))
    error_message = "config_yaml: no map in YAML. `npx d2 help` tells what is wrong with d2.yaml, line by line."
  }

  validation {
    condition     = var.config_yaml == null || !can(regex("REPLACE", jsonencode(yamldecode(coalesce(var.config_yaml, "{}")))))
    error_message = "config_yaml: d2.yaml still has a REPLACE to be filled in, and the bot would refuse to start."
  }

  validation {
    # Base64 has four characters for three bytes.
    condition     = var.config_yaml == null || length(base64encode(coalesce(var.config_yaml, "-"))) <= 10924
    error_message = "config_yaml: more than 8 KB, which is what a parameter holds."
  }
}

variable "cpu" {
  description = "CPU units of a task; 1,024 are one vCPU."
  type        = number
  default     = 256
}

variable "memory" {
  description = "Memory of a task in MB; the bot uses about 180."
  type        = number
  default     = 512
}

variable "cpu_architecture" {
  description = "X86_64, which the workflow bot-image builds, or ARM64, a fifth cheaper, for an image that was built for it."
  type        = string
  default     = "X86_64"

  validation {
    condition     = contains(["X86_64", "ARM64"], var.cpu_architecture)
    error_message = "cpu_architecture: X86_64 or ARM64."
  }
}

variable "desired_count" {
  description = "Tasks. One is enough; two survive the loss of a zone without a pause. 0 switches the bot off."
  type        = number
  default     = 1

  validation {
    condition     = var.desired_count >= 0 && var.desired_count <= 5 && floor(var.desired_count) == var.desired_count
    error_message = "desired_count: 0 to 5. Slack takes ten connections an app, and a deployment doubles them."
  }
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

variable "infra_commit" {
  description = "Commit whose Terraform the runner applies, as the workflow infra-release puts it into the artifact bucket; null: toggles can't be set from Slack."
  type        = string
  default     = null

  validation {
    condition     = var.infra_commit == null || can(regex("^[0-9a-f]{40}$", var.infra_commit))
    error_message = "infra_commit: all forty characters of a commit."
  }
}

variable "terraform" {
  description = "Terraform that the runner runs: version, and SHA-256 of terraform_<version>_linux_amd64.zip as releases.hashicorp.com has it in SHA256SUMS."
  type        = object({ version = string, sha256 = string })
  default     = { version = "1.11.4", sha256 = "1ce994251c00281d6845f0f268637ba50c0005657eb3cf096b92f753b42ef4dc" }

  validation {
    condition     = can(regex("^[0-9.]+$", var.terraform.version)) && can(regex("^[0-9a-f]{64}$", var.terraform.sha256))
    error_message = "terraform: a version such as 1.11.4, and 64 hexadecimal digits."
  }
}

variable "instance_roles" {
  description = "What the environments' instance roles are called after `<project>-<env>-`: those that the runner may give to instances."
  type        = list(string)
  default     = ["backend", "bastion"]
}

variable "runner_instance_types" {
  description = "EC2 types that a toggle may start, so that no change of a variable starts a dear one."
  type        = list(string)
  default     = ["t3.micro", "t3.small", "t3.medium"]
}

variable "emails" {
  description = "Who is told when the bot is down, an operation stays open or a schedule could not be delivered; each has to confirm a mail from AWS."
  type        = set(string)
  default     = []
}
