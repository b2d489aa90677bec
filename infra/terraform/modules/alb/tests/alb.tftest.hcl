provider "aws" {
  region = "ap-southeast-1"
}

variables {
  name              = "d2-test"
  vpc_id            = "vpc-00000000000000001"
  subnet_ids        = ["subnet-00000000000000001", "subnet-00000000000000002"]
  security_group_id = "sg-00000000000000001"
  services          = { backend-api = { port = 3000, hosts = [], health_path = "/health", priority = 1 } }
}

run "without_a_certificate" {
  assert {
    condition     = length(aws_lb_listener.https) == 0 && aws_lb_listener_rule.this["backend-api"].listener_arn == aws_lb_listener.http.arn
    error_message = "HTTP is all there is, and leads nowhere."
  }

  assert {
    condition     = output.access_logs_bucket == null && length(aws_lb.this.access_logs) == 0
    error_message = "Something that costs is on."
  }
}

run "with_a_certificate" {
  variables {
    certificate_arn = "arn:aws:acm:ap-southeast-1:123456789012:certificate/00000000-0000-0000-0000-000000000001"
  }

  assert {
    condition     = aws_lb_listener.http.default_action[0].type == "redirect" && aws_lb_listener_rule.this["backend-api"].listener_arn == aws_lb_listener.https[0].arn
    error_message = "HTTP still serves."
  }
}

run "https_without_a_certificate" {
  command = plan

  variables {
    https = true
  }

  expect_failures = [var.https]
}

run "a_name_too_long_for_a_target_group" {
  command = plan

  variables {
    services = { a-service-with-a-very-long-name = { port = 3000, hosts = [], health_path = "/health", priority = 1 } }
  }

  expect_failures = [var.services]
}

run "two_rules_of_one_priority" {
  command = plan

  variables {
    services = {
      backend-api = { port = 3000, hosts = ["a.example.com"], health_path = "/health", priority = 1 }
      web-driver  = { port = 3001, hosts = ["b.example.com"], health_path = "/", priority = 1 }
    }
  }

  expect_failures = [var.services]
}

run "no_days_of_access_logs" {
  command = plan

  variables {
    access_log_days = 0
  }

  expect_failures = [var.access_log_days]
}
