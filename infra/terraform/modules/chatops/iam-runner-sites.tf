locals {
  site_buckets = [for name in local.runner_names : "${local.aws}:s3:::${name}-web-*"]
}

data "aws_iam_policy_document" "runner_sites" {
  # toggle set web_admin, web_passenger, web_driver: the sites' buckets, by the environment's name; and off, with their
  # files. Neither the states' bucket nor the artifacts' is called so.
  statement {
    sid = "KeepSiteBuckets"
    actions = [
      "s3:CreateBucket",
      "s3:DeleteBucket",
      "s3:DeleteBucketPolicy",
      "s3:GetAccelerateConfiguration",
      "s3:GetBucket*",
      "s3:GetEncryptionConfiguration",
      "s3:GetLifecycleConfiguration",
      "s3:GetReplicationConfiguration",
      "s3:ListBucket",
      "s3:ListBucketVersions",
      "s3:ListTagsForResource",
      "s3:PutBucketOwnershipControls",
      "s3:PutBucketPolicy",
      "s3:PutBucketPublicAccessBlock",
      "s3:PutBucketTagging",
      "s3:PutBucketVersioning",
      "s3:PutEncryptionConfiguration",
      "s3:PutLifecycleConfiguration",
      "s3:TagResource",
    ]
    resources = local.site_buckets
  }

  # The same, off: what lies in them.
  statement {
    sid       = "EmptySiteBuckets"
    actions   = ["s3:DeleteObject", "s3:DeleteObjectVersion"]
    resources = [for bucket in local.site_buckets : "${bucket}/*"]
  }

  # The same: a distribution with the environment's tags. The making of one knows no resource.
  statement {
    sid       = "MakeDistributions"
    actions   = ["cloudfront:CreateDistribution"]
    resources = ["*"]

    dynamic "condition" {
      for_each = local.runner_made

      content {
        test     = "StringEquals"
        variable = condition.key
        values   = condition.value
      }
    }
  }

  # The same: the tags of one that is being made, whether AWS counts it as having them already or not. Another
  # environment's keeps its own: with dev's it would be the runner's to delete.
  statement {
    sid       = "TagNewDistributions"
    actions   = ["cloudfront:TagResource"]
    resources = ["${local.aws}:cloudfront::${local.account}:distribution/*"]

    dynamic "condition" {
      for_each = local.runner_made

      content {
        test     = "StringEquals"
        variable = condition.key
        values   = condition.value
      }
    }

    dynamic "condition" {
      for_each = local.runner_owned

      content {
        test     = "StringEqualsIfExists"
        variable = condition.key
        values   = condition.value
      }
    }
  }

  # The same: looked at, and off, which is two steps: disabled, then deleted.
  statement {
    sid       = "KeepDistributions"
    actions   = ["cloudfront:DeleteDistribution", "cloudfront:GetDistribution", "cloudfront:UpdateDistribution"]
    resources = ["${local.aws}:cloudfront::${local.account}:distribution/*"]

    dynamic "condition" {
      for_each = local.runner_owned

      content {
        test     = "StringEquals"
        variable = condition.key
        values   = condition.value
      }
    }
  }

  # The same: their tags, and policies of AWS's own. Reading tells the account's own settings only.
  statement {
    sid = "RefreshDistributions"
    actions = [
      "cloudfront:GetCachePolicy",
      "cloudfront:GetOriginAccessControl",
      "cloudfront:GetResponseHeadersPolicy",
      "cloudfront:ListCachePolicies",
      "cloudfront:ListResponseHeadersPolicies",
      "cloudfront:ListTagsForResource",
    ]
    resources = ["*"]
  }

  # The same: by whom CloudFront is let into the bucket. These have ids and no tags, and the making of one knows no
  # resource; one in use can't be deleted.
  statement {
    sid       = "KeepAccessControls"
    actions   = ["cloudfront:CreateOriginAccessControl", "cloudfront:DeleteOriginAccessControl"]
    resources = ["*"]
  }
}
