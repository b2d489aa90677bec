# What ECS itself needs to start a task: the image, the configuration, the tokens and a place for the log. The bot's own
# code never has this role.

resource "aws_iam_role" "execution" {
  name               = "${var.name}-execution"
  description        = "What ECS needs to start the bot"
  assume_role_policy = data.aws_iam_policy_document.task_trust.json
  tags               = local.tags
}

data "aws_iam_policy_document" "execution" {
  # No command, as everything here: a task's start. The token opens nothing that the next statement doesn't; it knows
  # no resource.
  statement {
    sid       = "LogInToEcr"
    actions   = ["ecr:GetAuthorizationToken"]
    resources = ["*"]
  }

  # A task's start: the bot's image.
  statement {
    sid       = "PullImage"
    actions   = ["ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"]
    resources = [aws_ecr_repository.this.arn]
  }

  # A task's start: its log, into a group that Terraform made.
  statement {
    sid       = "WriteLog"
    actions   = ["logs:CreateLogStream", "logs:PutLogEvents"]
    resources = ["${aws_cloudwatch_log_group.bot.arn}:*"]
  }

  # A task's start: Slack's two tokens.
  statement {
    sid       = "ReadTokens"
    actions   = ["secretsmanager:GetSecretValue"]
    resources = [for secret in aws_secretsmanager_secret.slack : secret.arn]
  }

  # A task's start: d2.yaml.
  statement {
    sid       = "ReadConfiguration"
    actions   = ["ssm:GetParameters"]
    resources = ["${local.at.ssm}:parameter${local.config_parameter}"]
  }
}

resource "aws_iam_role_policy" "execution" {
  name   = "own"
  role   = aws_iam_role.execution.id
  policy = data.aws_iam_policy_document.execution.json
}
