output "state_bucket" {
  description = "For `terraform init -backend-config=\"bucket=…\"` in every environment."
  value       = module.state_bucket.bucket
}

output "artifact_bucket" {
  description = "Where releases wait to be deployed; the repository's variable D2_ARTIFACT_BUCKET in GitHub."
  value       = module.release.bucket
}

output "github_role_arns" {
  description = "What the workflows assume; the repository's variables D2_BACKEND_ROLE, D2_INFRA_ROLE and D2_IMAGE_ROLE in GitHub. Empty without a repository."
  value       = module.release.github_role_arns
}

output "toggles_parameters" {
  description = "Names of the parameters that the bot writes toggles to, by environment."
  value       = { for env, parameter in aws_ssm_parameter.toggles : env => parameter.name }
}
