# Every management call in the account, kept longer than the 90 days for which AWS shows it anyway. The first trail is
# free; the bucket costs some cents a month, and is not destroyed while it holds records: empty it by hand.

data "aws_caller_identity" "this" {}

data "aws_partition" "this" {}

locals {
  # By name: the bucket's policy must be there before the trail is.
  trail_arn = "arn:${data.aws_partition.this.partition}:cloudtrail:${var.region}:${data.aws_caller_identity.this.account_id}:trail/${var.name}"
}

resource "aws_s3_bucket" "this" {
  bucket = var.bucket
}

data "aws_iam_policy_document" "this" {
  # CloudTrail looks whose the bucket is before it writes. This trail alone: another account's may not use the bucket.
  statement {
    sid       = "CloudTrailLooks"
    actions   = ["s3:GetBucketAcl"]
    resources = [aws_s3_bucket.this.arn]

    principals {
      type        = "Service"
      identifiers = ["cloudtrail.amazonaws.com"]
    }

    condition {
      test     = "StringEquals"
      variable = "aws:SourceArn"
      values   = [local.trail_arn]
    }
  }

  statement {
    sid       = "CloudTrailWrites"
    actions   = ["s3:PutObject"]
    resources = ["${aws_s3_bucket.this.arn}/AWSLogs/${data.aws_caller_identity.this.account_id}/*"]

    principals {
      type        = "Service"
      identifiers = ["cloudtrail.amazonaws.com"]
    }

    condition {
      test     = "StringEquals"
      variable = "aws:SourceArn"
      values   = [local.trail_arn]
    }

    # Part of the policy that AWS asks for; CloudTrail sends it always.
    condition {
      test     = "StringEquals"
      variable = "s3:x-amz-acl"
      values   = ["bucket-owner-full-control"]
    }
  }
}

module "private" {
  source = "../private-bucket"

  bucket           = aws_s3_bucket.this.id
  arn              = aws_s3_bucket.this.arn
  policy_documents = [data.aws_iam_policy_document.this.json]
}

resource "aws_s3_bucket_lifecycle_configuration" "this" {
  bucket = aws_s3_bucket.this.id

  rule {
    id     = "old"
    status = "Enabled"

    filter {}

    expiration {
      days = var.keep_days
    }

    noncurrent_version_expiration {
      noncurrent_days = 7
    }
  }

  depends_on = [module.private]
}

resource "aws_cloudtrail" "this" {
  name                          = var.name
  s3_bucket_name                = aws_s3_bucket.this.id
  is_multi_region_trail         = true
  include_global_service_events = true # IAM's and CloudFront's
  enable_log_file_validation    = true # a file that was altered afterwards can be told

  depends_on = [module.private]
}
