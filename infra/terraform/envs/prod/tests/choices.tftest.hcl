# What the variables choose between, beside what terraform.tfvars says.

override_data {
  target = data.aws_ec2_instance_type.rds
  values = { memory_size = 2048 }
}

run "what_is_usual" {
  command = plan

  variables {
    alert_emails = ["platform@example.com"]
  }

  assert {
    condition     = length(module.sites_waf) == 0 && length(module.alb_waf) == 0
    error_message = "Something that costs is on."
  }
}

# Choices that do not touch one another are planned together.
run "walled_spread_and_below_a_zone" {
  command = plan

  variables {
    alert_emails         = ["platform@example.com"]
    waf                  = true
    flow_logs            = true
    az_count             = 3
    nat_gateway_per_zone = false
    access_log_days      = null
    domain               = "rides.example.com"
    zone                 = "example.com"
  }

  assert {
    condition     = length(module.alb_waf) == 1 && length(module.sites_waf) == 1
    error_message = "There is no firewall."
  }

  assert {
    condition     = output.access_logs_bucket == null
    error_message = "Requests would be kept."
  }

  assert {
    condition     = data.aws_route53_zone.this[0].name == "example.com" && aws_route53_record.host["api.rides.example.com"].name == "api.rides.example.com"
    error_message = "The host names would go into another zone, or be others."
  }
}

# To let go is the first of two steps to take prod down.
run "let_go_with_another_dns_provider_before_the_first_release_of_web_driver" {
  command = plan

  variables {
    alert_emails   = ["platform@example.com"]
    protected      = false
    dns_in_route53 = false
    web_driver     = { min_size = 0 }
  }

  assert {
    condition     = length(data.aws_route53_zone.this) + length(aws_route53_record.proof) + length(aws_route53_record.host) + length(aws_route53_record.site_ipv6) == 0
    error_message = "Route 53 is asked or written to."
  }

  assert {
    condition     = length(output.dns_records.certificates) == 4 && length(output.dns_records.hosts) == 4
    error_message = "Somebody would have to guess what to enter."
  }

  assert {
    condition     = !contains(module.alarms.names, "d2-ride-booking-prod-web-driver-down") && contains(module.alarms.names, "d2-ride-booking-prod-backend-api-down")
    error_message = "An alarm would ring for what is meant to be absent."
  }
}
