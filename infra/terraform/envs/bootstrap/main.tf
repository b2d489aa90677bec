# What must be there before anything else, made once, by a person with administrator rights, from a laptop:
#
#   printf 'terraform {\n  backend "local" {}\n}\n' > backend_override.tf
#   terraform init
#   terraform apply
#   bucket=$(terraform output -raw state_bucket)
#   rm backend_override.tf
#   terraform init -migrate-state -backend-config="bucket=$bucket"
#   rm terraform.tfstate*
#
# From then on its state lies in the bucket like every other. Taking all of it down, after every other root, goes the
# way back, and leaves the bucket for last, which no `terraform destroy` removes:
#
#   terraform apply -var discard_artifacts=true
#   printf 'terraform {\n  backend "local" {}\n}\n' > backend_override.tf
#   terraform init -migrate-state
#   terraform state rm module.state_bucket aws_iam_service_linked_role.this
#   terraform destroy -var discard_artifacts=true
#
# Then the bucket's *Empty* and *Delete* in the S3 console: it holds every version of every state until the last click.
# AWS's own roles for its services stay, since others in the account may need them.

data "aws_caller_identity" "this" {}

locals {
  account_id = data.aws_caller_identity.this.account_id
}

module "state_bucket" {
  source = "../../modules/state-bucket"

  bucket = coalesce(var.state_bucket, "d2-ride-booking-terraform-${local.account_id}")
}

module "release" {
  source = "../../modules/release"

  bucket            = coalesce(var.artifact_bucket, "d2-ride-booking-artifacts-${local.account_id}")
  region            = var.region
  oidc_provider_arn = local.oidc_provider_arn
  github_repository = var.github_repository
  github_subjects   = var.github_subjects
  force_destroy     = var.discard_artifacts
}

module "budget" {
  source = "../../modules/budget"

  name              = "d2-ride-booking"
  monthly_amount    = var.budget_amount
  emails            = var.budget_emails
  project_tag       = var.budget_by_tag ? "d2-ride-booking" : null
  anomaly_detection = var.anomaly_detection
}

module "cloudtrail" {
  source = "../../modules/cloudtrail"
  count  = var.cloudtrail ? 1 : 0

  name   = "d2-ride-booking"
  bucket = "d2-ride-booking-cloudtrail-${local.account_id}"
  region = var.region
}

# What the bot writes when a toggle is set, and Terraform reads over terraform.tfvars. It is made here, so that no
# environment's destroy takes it along and the bot needs no right to make one.
resource "aws_ssm_parameter" "toggles" {
  for_each = var.toggle_environments

  name            = "/d2/${each.key}/toggles"
  description     = "Toggles of ${each.key} that were set from Slack: a JSON object of booleans, each over terraform.tfvars"
  type            = "String"
  insecure_value  = "{}"
  allowed_pattern = local.toggles_pattern

  tags = {
    Environment = each.key
  }

  # From the first apply on the value is the bot's, and with it the pattern, which AWS keeps for each version apart:
  # whoever writes sends it along.
  lifecycle {
    ignore_changes = [insecure_value, value, allowed_pattern]
  }
}

locals {
  # {"enable_rds": true, …} and nothing else: what isn't that would stop the next plan.
  toggle          = "\"enable_[a-z0-9_]{1,40}\"\\s*:\\s*(true|false)"
  toggles_pattern = "^\\s*\\{\\s*(${local.toggle}\\s*(,\\s*${local.toggle}\\s*)*)?\\}\\s*$"
}

# AWS makes these by itself where the caller may write IAM, and the runner may not. Which are there already says
# aws iam list-roles --path-prefix /aws-service-role/ --query 'Roles[].RoleName'
resource "aws_iam_service_linked_role" "this" {
  for_each = var.service_linked_roles

  aws_service_name = each.key
}
