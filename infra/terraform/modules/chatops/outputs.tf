output "repository_url" {
  description = "Where the bot's image is pushed to."
  value       = aws_ecr_repository.this.repository_url
}

output "table" {
  description = "DynamoDB table of operations: `table` in d2.yaml."
  value       = aws_dynamodb_table.this.name
}

output "log_groups" {
  description = "Log groups: the audit trail (`trail` in d2.yaml), the bot's log and the runner's."
  value = {
    audit  = aws_cloudwatch_log_group.audit.name
    bot    = aws_cloudwatch_log_group.bot.name
    runner = aws_cloudwatch_log_group.runner.name
  }
}

output "slack_secrets" {
  description = "Names of the secrets that Slack's tokens go into, by token: bot (xoxb-…) and app (xapp-…)."
  value       = { for token, secret in aws_secretsmanager_secret.slack : token => secret.name }
}

output "documents" {
  description = "SSM documents by name: SHA-256 of their content, default and newest version."
  value = {
    for name, hash in module.documents.hashes : name => merge(module.documents.versions[name], { sha256 = hash })
  }
}

output "role_arns" {
  description = "Roles: bot, execution (what ECS needs to start it), scheduler and runner."
  value = {
    bot       = aws_iam_role.bot.arn
    execution = aws_iam_role.execution.arn
    scheduler = aws_iam_role.scheduler.arn
    runner    = aws_iam_role.runner.arn
  }
}

output "undelivered_queue_arn" {
  description = "Dead-letter queue that every schedule names."
  value       = aws_sqs_queue.undelivered.arn
}

output "schedule_group" {
  description = "Group of the bot's schedules."
  value       = aws_scheduler_schedule_group.this.name
}

output "runner_project" {
  description = "CodeBuild project that plans and applies toggles."
  value       = aws_codebuild_project.runner.name
}

output "topic_arn" {
  description = "Topic of the bot's alarms."
  value       = aws_sns_topic.alarms.arn
}
