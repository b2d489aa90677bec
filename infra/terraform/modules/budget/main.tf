# A budget without actions is free, and so is the detection of anomalies.

locals {
  # Twice what was spent, once what will be: the forecast comes while something can still be turned off.
  alerts = {
    "actual-80"    = { type = "ACTUAL", threshold = 80 }
    "actual-100"   = { type = "ACTUAL", threshold = 100 }
    "forecast-100" = { type = "FORECASTED", threshold = 100 }
  }
}

resource "aws_budgets_budget" "this" {
  name         = var.name
  budget_type  = "COST"
  limit_amount = tostring(var.monthly_amount)
  limit_unit   = "USD"
  time_unit    = "MONTHLY"

  dynamic "cost_filter" {
    for_each = var.project_tag == null ? [] : [var.project_tag]

    content {
      name   = "TagKeyValue"
      values = [join("$", ["user:Project", cost_filter.value])]
    }
  }

  dynamic "notification" {
    for_each = local.alerts

    content {
      comparison_operator        = "GREATER_THAN"
      notification_type          = notification.value.type
      threshold                  = notification.value.threshold
      threshold_type             = "PERCENTAGE"
      subscriber_email_addresses = var.emails
    }
  }
}

resource "aws_ce_anomaly_monitor" "this" {
  count = var.anomaly_detection ? 1 : 0

  name              = var.name
  monitor_type      = "DIMENSIONAL"
  monitor_dimension = "SERVICE"
}

resource "aws_ce_anomaly_subscription" "this" {
  count = var.anomaly_detection ? 1 : 0

  name             = var.name
  frequency        = "DAILY" # the only frequency, beside WEEKLY, that goes to an email address
  monitor_arn_list = [aws_ce_anomaly_monitor.this[0].arn]

  dynamic "subscriber" {
    for_each = var.emails

    content {
      type    = "EMAIL"
      address = subscriber.value
    }
  }

  threshold_expression {
    dimension {
      key           = "ANOMALY_TOTAL_IMPACT_ABSOLUTE"
      match_options = ["GREATER_THAN_OR_EQUAL"]
      values        = [tostring(var.anomaly_minimum)]
    }
  }
}
