data "aws_caller_identity" "this" {}
data "aws_partition" "this" {}

locals {
  # Who tells: CloudWatch of its alarms, RDS of its events.
  publishers = ["cloudwatch.amazonaws.com", "events.rds.amazonaws.com"]
}

data "aws_iam_policy_document" "key" {
  # The account's own policies say who may look after the key; without this statement nobody could.
  statement {
    sid       = "Account"
    actions   = ["kms:*"]
    resources = ["*"]

    principals {
      type        = "AWS"
      identifiers = ["arn:${data.aws_partition.this.partition}:iam::${data.aws_caller_identity.this.account_id}:root"]
    }
  }

  # Not by account: not every service says on whose behalf it asks for a key. Who may publish, the topic's policy says.
  statement {
    sid       = "Publishers"
    actions   = ["kms:Decrypt", "kms:GenerateDataKey*"]
    resources = ["*"]

    principals {
      type        = "Service"
      identifiers = local.publishers
    }
  }
}

# AWS's own key for SNS admits no CloudWatch: alarms would end in a topic that can't read them.
resource "aws_kms_key" "this" {
  description             = "Messages of ${var.name}'s alarms"
  policy                  = data.aws_iam_policy_document.key.json
  enable_key_rotation     = true
  deletion_window_in_days = 7

  tags = { Name = "${var.name}-alarms" }
}

resource "aws_sns_topic" "this" {
  name              = "${var.name}-alarms"
  kms_master_key_id = aws_kms_key.this.arn

  tags = { Name = "${var.name}-alarms" }
}

data "aws_iam_policy_document" "topic" {
  statement {
    sid       = "Publishers"
    actions   = ["sns:Publish"]
    resources = [aws_sns_topic.this.arn]

    principals {
      type        = "Service"
      identifiers = local.publishers
    }

    condition {
      test     = "StringEquals"
      variable = "aws:SourceAccount"
      values   = [data.aws_caller_identity.this.account_id]
    }
  }
}

resource "aws_sns_topic_policy" "this" {
  arn    = aws_sns_topic.this.arn
  policy = data.aws_iam_policy_document.topic.json
}

resource "aws_sns_topic_subscription" "email" {
  for_each = var.emails

  topic_arn = aws_sns_topic.this.arn
  protocol  = "email"
  endpoint  = each.key
}
