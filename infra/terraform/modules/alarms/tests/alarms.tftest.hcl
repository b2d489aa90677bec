provider "aws" {
  region = "ap-southeast-1"
}

variables {
  name        = "d2-test"
  environment = "test"
}

run "nothing_to_watch" {
  command = plan

  assert {
    condition     = length(output.names) == 0 && length(aws_db_event_subscription.this) == 0
    error_message = "Something that isn't there is watched."
  }
}

run "one_instance_behind_a_load_balancer" {
  command = plan

  variables {
    load_balancer = {
      arn_suffix = "app/d2-test-alb/0123456789abcdef"
      services   = { backend-api = { target_group = "targetgroup/d2-test-backend-tg/0123456789abcdef", instances = 1 } }
    }
  }

  # One instance that is missing is all of them: -down tells.
  assert {
    condition     = toset(output.names) == toset([for what in ["alb-5xx", "backend-api-5xx", "backend-api-down", "backend-api-slow", "backend-api-unhealthy"] : "d2-test-${what}"])
    error_message = "Other alarms: ${join(", ", output.names)}."
  }
}

run "a_database_by_itself" {
  command = plan

  variables {
    database = { identifier = "d2-test-rds-mysql", free_storage_gib = 2, free_memory_mib = 100, connections = 50 }
  }

  assert {
    condition     = toset(output.names) == toset([for what in ["connections", "cpu", "memory", "storage"] : "d2-test-rds-${what}"]) && length(aws_db_event_subscription.this) == 1
    error_message = "Other alarms: ${join(", ", output.names)}."
  }

  assert {
    condition     = aws_cloudwatch_metric_alarm.this["rds-storage"].threshold == 2147483648 && aws_cloudwatch_metric_alarm.this["rds-memory"].threshold == 104857600
    error_message = "RDS counts bytes."
  }
}

run "an_address_that_is_none" {
  command = plan

  variables {
    emails = ["somebody"]
  }

  expect_failures = [var.emails]
}
