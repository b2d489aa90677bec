# The bot, in a VPC and a state of its own: no environment's apply or destroy touches it. Applied by a person who may
# write IAM, first without image and d2.yaml:
#
#   terraform init -backend-config="bucket=$bucket"
#   terraform apply -var without_service=true
#   terraform output first_steps
#
# then, when the image is pushed and the tokens are in their secrets, with both in terraform.tfvars. Taking it down:
#
#   terraform apply -var discard=true
#   terraform destroy -var discard=true

module "chatops" {
  source = "../../modules/chatops"

  region                 = var.region
  environments           = var.environments
  stoppable_environments = var.stoppable_environments
  toggle_environments    = var.toggle_environments
  log_groups             = var.log_groups
  environment_roles      = var.environment_roles

  image_tag        = var.without_service ? null : var.image_tag
  config_yaml      = var.config_path == null ? null : file(var.config_path)
  desired_count    = var.desired_count
  cpu_architecture = var.cpu_architecture
  infra_commit     = var.infra_commit

  state_bucket         = var.state_bucket
  artifact_bucket      = var.artifact_bucket
  vpc_cidr             = var.vpc_cidr
  flow_logs            = var.flow_logs
  audit_retention_days = var.audit_retention_days
  emails               = var.emails
  discard              = var.discard
}

check "somebody_is_told" {
  assert {
    condition     = var.image_tag == null || var.without_service || length(var.emails) > 0
    error_message = "The bot runs, but nobody is told when it is down: write an address into emails."
  }
}
