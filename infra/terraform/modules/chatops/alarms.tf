# The bot's own alarms. What they count comes from its log, and from metrics that cost nothing.

resource "aws_sns_topic" "alarms" {
  name = "${var.name}-alarms"
  # Not by KMS: CloudWatch would need a key of ours for a few words that are no secret.
  tags = local.tags
}

data "aws_iam_policy_document" "topic" {
  # No command: alarms of this account, and nobody else's.
  statement {
    sid       = "Tell"
    actions   = ["sns:Publish"]
    resources = [aws_sns_topic.alarms.arn]

    principals {
      type        = "Service"
      identifiers = ["cloudwatch.amazonaws.com"]
    }

    condition {
      test     = "StringEquals"
      variable = "aws:SourceAccount"
      values   = [local.account]
    }
  }
}

resource "aws_sns_topic_policy" "alarms" {
  arn    = aws_sns_topic.alarms.arn
  policy = data.aws_iam_policy_document.topic.json
}

resource "aws_sns_topic_subscription" "email" {
  for_each = var.emails

  topic_arn = aws_sns_topic.alarms.arn
  protocol  = "email"
  endpoint  = each.key
}

locals {
  # JSON lines of the bot's log that are counted, and what they are worth.
  log_metrics = {
    OldestOpenSeconds = { pattern = "{ $.msg = \"watch\" && $.oldestOpenSeconds >= 0 }", value = "$.oldestOpenSeconds", unit = "Seconds" }
    Errors            = { pattern = "{ $.level >= 50 }", value = "1", unit = "Count" }
  }

  alarms = {
    # Every task writes a line a minute as long as it can read its table. None means: down, or blind.
    down = {
      says      = "The bot is down, or can't read its table: nobody answers in Slack. Look at the ECS service's events and at the log group ${aws_cloudwatch_log_group.bot.name}."
      namespace = local.metrics, metric = "OldestOpenSeconds", dimensions = {}
      statistic = "SampleCount", comparison = "LessThanThreshold", threshold = 1
      period    = 60, periods = 5, missing = "breaching", needs_service = true
    }
    # Longer than anything that it does takes: RDS's half an hour is the longest.
    open = {
      says      = "An operation has been open for more than half an hour: ask d2 for the status of its environment."
      namespace = local.metrics, metric = "OldestOpenSeconds", dimensions = {}
      statistic = "Maximum", comparison = "GreaterThanThreshold", threshold = 1800
      # While there are no lines at all, `down` tells, and this stays as it was.
      period = 60, periods = 3, missing = "ignore", needs_service = true
    }
    errors = {
      says      = "The bot logged errors: each is a bug or something that AWS or Slack refuses. Look at the log group ${aws_cloudwatch_log_group.bot.name}."
      namespace = local.metrics, metric = "Errors", dimensions = {}
      statistic = "Sum", comparison = "GreaterThanThreshold", threshold = 5
      period    = 300, periods = 1, missing = "notBreaching", needs_service = true
    }
    memory = {
      says      = "The bot's memory is nearly used up: ECS ends a task that asks for more."
      namespace = "AWS/ECS", metric = "MemoryUtilization", dimensions = { ClusterName = var.name, ServiceName = var.name }
      statistic = "Maximum", comparison = "GreaterThanThreshold", threshold = 85
      period    = 300, periods = 3, missing = "notBreaching", needs_service = true
    }
    undelivered = {
      says      = "A timed start or stop could not be carried out: the environment may be on when it should be off. The message in the queue ${aws_sqs_queue.undelivered.name} says which and why."
      namespace = "AWS/SQS", metric = "ApproximateNumberOfMessagesVisible", dimensions = { QueueName = aws_sqs_queue.undelivered.name }
      statistic = "Maximum", comparison = "GreaterThanThreshold", threshold = 0
      period    = 300, periods = 1, missing = "notBreaching", needs_service = false
    }
    runner = {
      says      = "Terraform failed in the runner: a toggle was not planned or not applied to its end. Look at the log group ${aws_cloudwatch_log_group.runner.name}."
      namespace = "AWS/CodeBuild", metric = "FailedBuilds", dimensions = { ProjectName = aws_codebuild_project.runner.name }
      statistic = "Sum", comparison = "GreaterThanThreshold", threshold = 0
      period    = 300, periods = 1, missing = "notBreaching", needs_service = false
    }
  }

  metrics = "D2/ChatOps"
}

resource "aws_cloudwatch_log_metric_filter" "this" {
  for_each = local.log_metrics

  name           = "${var.name}-${each.key}"
  log_group_name = aws_cloudwatch_log_group.bot.name
  pattern        = each.value.pattern

  # Without a default value: a minute without a line must be a minute without data.
  metric_transformation {
    namespace = local.metrics
    name      = each.key
    value     = each.value.value
    unit      = each.value.unit
  }
}

resource "aws_cloudwatch_metric_alarm" "this" {
  for_each = { for name, alarm in local.alarms : name => alarm if local.deployed && var.desired_count > 0 || !alarm.needs_service }

  alarm_name          = "${var.name}-${each.key}"
  alarm_description   = each.value.says
  namespace           = each.value.namespace
  metric_name         = each.value.metric
  dimensions          = each.value.dimensions
  statistic           = each.value.statistic
  comparison_operator = each.value.comparison
  threshold           = each.value.threshold
  period              = each.value.period
  evaluation_periods  = each.value.periods
  treat_missing_data  = each.value.missing
  alarm_actions       = [aws_sns_topic.alarms.arn]
  ok_actions          = [aws_sns_topic.alarms.arn]

  tags = local.tags
}
