locals {
  put_secret = {
    for token, name in module.chatops.slack_secrets :
    token => "read -rs token && printf %s \"$token\" | aws secretsmanager put-secret-value --region ${var.region} --secret-id ${name} --secret-string file:///dev/stdin"
  }
}

output "first_steps" {
  description = "What is left to be done by hand after the first apply, as commands. The first two wait for a token to be pasted, and show it nowhere."
  value = [
    "${local.put_secret["bot"]}   # xoxb-…",
    "${local.put_secret["app"]}   # xapp-…",
    "aws ecr get-login-password --region ${var.region} | docker login --username AWS --password-stdin ${split("/", module.chatops.repository_url)[0]}",
    "docker build --platform linux/${var.cpu_architecture == "ARM64" ? "arm64" : "amd64"} --tag ${module.chatops.repository_url}:$(git rev-parse HEAD) ../../../..",
    "docker push ${module.chatops.repository_url}:$(git rev-parse HEAD)",
  ]
}

output "repository_url" {
  description = "Where the bot's image is pushed to."
  value       = module.chatops.repository_url
}

output "table" {
  description = "`table` in d2.yaml."
  value       = module.chatops.table
}

output "log_groups" {
  description = "The audit trail (`trail` in d2.yaml), the bot's log and the runner's."
  value       = module.chatops.log_groups
}

output "slack_secrets" {
  description = "Names of the secrets for Slack's tokens, by token."
  value       = module.chatops.slack_secrets
}

output "documents" {
  description = "SSM documents by name, with their hashes and versions, for `d2 doctor` and for people."
  value       = module.chatops.documents
}

output "role_arns" {
  description = "Roles of the bot, of ECS for it, of its schedules and of its runner."
  value       = module.chatops.role_arns
}

output "schedules" {
  description = "What a schedule names: its group, its role and its dead-letter queue."
  value = {
    group = module.chatops.schedule_group
    role  = module.chatops.role_arns.scheduler
    queue = module.chatops.undelivered_queue_arn
  }
}

output "runner_project" {
  description = "CodeBuild project that plans and applies toggles."
  value       = module.chatops.runner_project
}

output "topic_arn" {
  description = "Topic of the bot's alarms."
  value       = module.chatops.topic_arn
}
