data "aws_iam_policy_document" "runner_look" {
  # toggle set, plan: what is there. EC2's and the load balancers' Describe calls know no resource.
  statement {
    sid       = "RefreshEc2"
    actions   = ["ec2:Describe*", "elasticloadbalancing:Describe*"]
    resources = ["*"]

    condition {
      test     = "StringEquals"
      variable = "aws:RequestedRegion"
      values   = [var.region]
    }
  }

  # toggle set, plan: databases, which Terraform looks up by a filter, and so among all; their groups and engines.
  statement {
    sid       = "RefreshDatabases"
    actions   = ["rds:Describe*", "rds:ListTagsForResource"]
    resources = ["*"]

    condition {
      test     = "StringEquals"
      variable = "aws:RequestedRegion"
      values   = [var.region]
    }
  }

  # toggle set, plan: roles and profiles of the instances, which Terraform looks at each time and may not change.
  statement {
    sid = "RefreshIam"
    actions = [
      "iam:GetInstanceProfile",
      "iam:GetRole",
      "iam:GetRolePolicy",
      "iam:ListAttachedRolePolicies",
      "iam:ListRolePolicies",
    ]
    resources = flatten([for name in local.runner_names : [
      "${local.aws}:iam::${local.account}:instance-profile/${name}-*",
      "${local.aws}:iam::${local.account}:role/${name}-*",
    ]])
  }

  # toggle set, plan: the user pool, which Terraform looks at each time and may not change.
  statement {
    sid = "RefreshPools"
    actions = [
      "cognito-idp:DescribeUserPool",
      "cognito-idp:DescribeUserPoolClient",
      "cognito-idp:GetGroup",
      "cognito-idp:GetUserPoolMfaConfig",
    ]
    resources = ["${local.at["cognito-idp"]}:userpool/*"]

    dynamic "condition" {
      for_each = local.runner_owned

      content {
        test     = "StringEquals"
        variable = condition.key
        values   = condition.value
      }
    }
  }

  # toggle set, plan: log groups. The list knows no narrower resource than all of the region's, and tells names only.
  statement {
    sid       = "RefreshLogGroups"
    actions   = ["logs:DescribeLogGroups", "logs:ListTagsForResource"]
    resources = ["${local.at.logs}:log-group:*"]
  }

  # toggle set, plan: Amazon Linux's newest image, a public parameter of AWS's own.
  statement {
    sid       = "LookUpImage"
    actions   = ["ssm:GetParameter"]
    resources = ["${local.aws}:ssm:${var.region}::parameter/aws/service/ami-amazon-linux-latest/*"]
  }
}
