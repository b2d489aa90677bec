# Timed starts and stops: they fire while the bot is down. What could not be delivered lands in a queue with an alarm.

resource "aws_scheduler_schedule_group" "this" {
  name = var.name
  tags = local.tags
}

resource "aws_sqs_queue" "undelivered" {
  name                      = "${var.name}-undelivered"
  message_retention_seconds = 14 * 24 * 3600
  sqs_managed_sse_enabled   = true
  tags                      = local.tags
}

data "aws_iam_policy_document" "scheduler_trust" {
  # No command: the scheduler takes the role for schedules of the bot's own group and no others.
  statement {
    sid     = "OwnSchedules"
    actions = ["sts:AssumeRole"]

    principals {
      type        = "Service"
      identifiers = ["scheduler.amazonaws.com"]
    }

    condition {
      test     = "StringEquals"
      variable = "aws:SourceAccount"
      values   = [local.account]
    }

    # The group's ARN is what the scheduler names as the source, not the single schedule's.
    condition {
      test     = "ArnEquals"
      variable = "aws:SourceArn"
      values   = [aws_scheduler_schedule_group.this.arn]
    }
  }
}

resource "aws_iam_role" "scheduler" {
  name               = "${var.name}-scheduler"
  description        = "What a schedule may do"
  assume_role_policy = data.aws_iam_policy_document.scheduler_trust.json
  tags               = local.tags
}

data "aws_iam_policy_document" "scheduler" {
  # schedule, extend, start --for (to come): what start and stop may do, and not the bot's own instances.
  statement {
    sid       = "SwitchInstances"
    actions   = ["ec2:StartInstances", "ec2:StopInstances"]
    resources = ["${local.at.ec2}:instance/*"]

    dynamic "condition" {
      for_each = local.stoppable_tags

      content {
        test     = "StringEquals"
        variable = condition.key
        values   = condition.value
      }
    }

    condition {
      test     = "StringNotEquals"
      variable = "aws:ResourceTag/Service"
      values   = ["chatops"]
    }
  }

  # The same: databases.
  statement {
    sid       = "SwitchDatabases"
    actions   = ["rds:StartDBInstance", "rds:StopDBInstance"]
    resources = local.stoppable_databases

    dynamic "condition" {
      for_each = local.stoppable_tags

      content {
        test     = "StringEquals"
        variable = condition.key
        values   = condition.value
      }
    }

    condition {
      test     = "StringNotEquals"
      variable = "aws:ResourceTag/Service"
      values   = ["chatops"]
    }
  }

  # The same: what failed for good is kept, and an alarm tells of it.
  statement {
    sid       = "KeepUndelivered"
    actions   = ["sqs:SendMessage"]
    resources = [aws_sqs_queue.undelivered.arn]
  }
}

resource "aws_iam_role_policy" "scheduler" {
  name   = "own"
  role   = aws_iam_role.scheduler.id
  policy = data.aws_iam_policy_document.scheduler.json
}

resource "aws_iam_role_policy_attachment" "scheduler_fence" {
  role       = aws_iam_role.scheduler.name
  policy_arn = aws_iam_policy.fence.arn
}
