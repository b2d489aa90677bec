data "aws_caller_identity" "this" {}

# Every request with its client, its answer and how long that took: for the questions that metrics can't answer.
resource "aws_s3_bucket" "access_logs" {
  count = var.access_log_days == null ? 0 : 1

  bucket        = "${var.name}-alb-logs-${data.aws_caller_identity.this.account_id}"
  force_destroy = var.access_logs_force_destroy

  tags = merge(local.tags, { Name = "${var.name}-alb-logs" })
}

resource "aws_s3_bucket_lifecycle_configuration" "access_logs" {
  count = length(aws_s3_bucket.access_logs)

  bucket = aws_s3_bucket.access_logs[0].id

  rule {
    id     = "old"
    status = "Enabled"

    filter {}

    expiration {
      days = var.access_log_days
    }

    abort_incomplete_multipart_upload {
      days_after_initiation = 1
    }
  }
}

data "aws_elb_service_account" "this" {
  count = length(aws_s3_bucket.access_logs)
}

data "aws_iam_policy_document" "access_logs" {
  count = length(aws_s3_bucket.access_logs)

  # Load balancers write below their own account's id, so no other account's can fill this bucket.
  statement {
    sid       = "LoadBalancersWrite"
    actions   = ["s3:PutObject"]
    resources = ["${aws_s3_bucket.access_logs[0].arn}/AWSLogs/${data.aws_caller_identity.this.account_id}/*"]

    principals {
      type        = "Service"
      identifiers = ["logdelivery.elasticloadbalancing.amazonaws.com"]
    }

    # As whom they wrote before, and in regions older than August 2022 still may.
    principals {
      type        = "AWS"
      identifiers = [data.aws_elb_service_account.this[0].arn]
    }
  }
}

module "private" {
  source = "../private-bucket"
  count  = length(aws_s3_bucket.access_logs)

  bucket           = aws_s3_bucket.access_logs[0].id
  arn              = aws_s3_bucket.access_logs[0].arn
  versioning       = false
  policy_documents = [data.aws_iam_policy_document.access_logs[0].json]
}
