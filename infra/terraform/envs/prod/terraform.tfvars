# Yours: a domain whose zone Route 53 has (else see dns_in_route53), and who reads alarms.
domain       = "rides.example.com"
alert_emails = []
