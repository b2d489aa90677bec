# All of it on, off, and on again: nothing is left behind that stands in its own way.

override_data {
  target = data.aws_ssm_parameter.toggles
  values = { insecure_value = "{}" }
}

variables {
  enable_ec2_backend       = true
  enable_rds               = true
  enable_nat_gateway       = true
  enable_alb               = true
  enable_ssm_vpc_endpoints = true
  enable_bastion           = true
  enable_web_admin         = true
  enable_web_passenger     = true
  enable_web_driver        = true
}

run "on" {
  assert {
    condition     = startswith(output.cognito_user_pool_id, "ap-southeast-1_") && length(output.cognito_app_client_id) > 0
    error_message = "The user pool's outputs are not those that the guide names."
  }

  assert {
    condition     = output.cognito_issuer == "https://cognito-idp.ap-southeast-1.amazonaws.com/${output.cognito_user_pool_id}"
    error_message = "The issuer is not that of the pool's tokens."
  }

  assert {
    condition     = startswith(output.backend_instance_id, "i-") && startswith(output.bastion_instance_id, "i-") && output.backend_instance_id != output.bastion_instance_id
    error_message = "The instances' ids are missing."
  }

  assert {
    condition     = startswith(output.rds_endpoint, "d2-ride-booking-dev-rds-mysql.") && output.rds_identifier == "d2-ride-booking-dev-rds-mysql"
    error_message = "The database is not called what the guide calls it."
  }

  assert {
    condition     = strcontains(output.rds_master_secret_arn, "rds-master")
    error_message = "The guide finds the master password by rds-master in the secret's name."
  }

  assert {
    condition     = output.backend_log_group == "/aws/ec2/dev-d2-ride-booking-backend"
    error_message = "The guide reads another log group."
  }

  assert {
    condition     = output.alb_url == "http://${output.alb_dns_name}"
    error_message = "Without a certificate the load balancer answers by HTTP."
  }

  assert {
    condition     = alltrue([for url in [output.web_admin_url, output.web_passenger_url, output.web_driver_url] : startswith(url, "https://")])
    error_message = "A site has no address."
  }

  assert {
    condition     = length(output.site_uploads) == 3 && alltrue([for site in values(output.site_uploads) : length(site.bucket) > 0 && length(site.distribution_id) > 0])
    error_message = "A site has nowhere to put its files."
  }
}

run "off" {
  variables {
    enable_ec2_backend       = false
    enable_rds               = false
    enable_nat_gateway       = false
    enable_alb               = false
    enable_ssm_vpc_endpoints = false
    enable_bastion           = false
    enable_web_admin         = false
    enable_web_passenger     = false
    enable_web_driver        = false
  }

  assert {
    condition = alltrue([for value in [
      output.backend_instance_id, output.bastion_instance_id, output.rds_endpoint, output.rds_identifier, output.rds_master_secret_arn,
      output.alb_dns_name, output.alb_url, output.web_admin_url, output.web_passenger_url, output.web_driver_url,
    ] : value == null])
    error_message = "An output speaks of what is off."
  }

  assert {
    condition     = length(output.site_uploads) == 0 && output.cognito_user_pool_id == run.on.cognito_user_pool_id
    error_message = "The user pool went along with the toggles, or a site stayed."
  }
}

run "on_again" {
  assert {
    condition     = output.rds_endpoint != null && output.cognito_user_pool_id == run.on.cognito_user_pool_id
    error_message = "What was switched on again is not there, or the user pool is another."
  }
}
