variable "bucket" {
  description = "Name of the artifact bucket; unique among all buckets of AWS."
  type        = string

  validation {
    condition     = can(regex("^[a-z0-9][a-z0-9-]{1,61}[a-z0-9]$", var.bucket))
    error_message = "bucket: 3 to 63 lower-case letters, digits and hyphens (a dot would break TLS on its own host name)."
  }
}

variable "region" {
  description = "Where the bot's image repository is."
  type        = string
}

variable "image_repository" {
  description = "Name of the bot's ECR repository, which the bot's own Terraform creates."
  type        = string
  default     = "d2-chatops"
}

variable "oidc_provider_arn" {
  description = "ARN of the account's identity provider for GitHub Actions; null where there is no `github_repository`."
  type        = string
  default     = null
}

variable "github_repository" {
  description = "The repository whose workflows may release, as the subject of its tokens names it: `owner/name`, or with ids (`owner@123/name@456`), which repositories made or renamed since July 2026 have. Null: nobody may release from GitHub."
  type        = string
  default     = null

  validation {
    condition     = var.github_repository == null || can(regex("^[A-Za-z0-9-]+(@[0-9]+)?/[A-Za-z0-9._-]+(@[0-9]+)?$", var.github_repository))
    error_message = "github_repository: owner/name or owner@123/name@456, without wildcards. GitHub says which: gh api repos/<owner>/<name>/actions/oidc/customization/sub"
  }
}

variable "github_subjects" {
  description = "What of that repository may release: branches, tags or environments, each in full as a token's subject ends."
  type        = set(string)
  default     = ["ref:refs/heads/main"]

  validation {
    condition     = length(var.github_subjects) > 0 && alltrue([for subject in var.github_subjects : can(regex("^(ref:refs/(heads|tags)/[A-Za-z0-9._/-]+|environment:[A-Za-z0-9._-]+)$", subject))])
    error_message = "github_subjects: ref:refs/heads/<branch>, ref:refs/tags/<tag> or environment:<name>, without wildcards. `pull_request` is what everybody's forks are, and is never right."
  }
}

variable "expire_after_days" {
  description = "After how many days artifacts are removed; null keeps them. A release that still runs somewhere is fetched again by the next instance that starts."
  type        = number
  default     = null
}

variable "force_destroy" {
  description = "Lets `terraform destroy` remove the bucket with every artifact in it."
  type        = bool
  default     = false
}
