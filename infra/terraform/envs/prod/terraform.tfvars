# Yours: a domain whose zone Route 53 has (else see dns_in_route53), and who reads alarms.
domain       = "rides.example.com"
alert_emails = []

# As it stands, about 300 US dollars a month without traffic: instances 85 (four t3.small with 20 GB), NAT gateways 94
# (two, with their addresses), database 88 (db.t3.small and its standby, 20 GB each), load balancer 26, and the rest
# (alarms, a key, logs) some dollars. What is switched off in variables.tf says there what it would cost.
