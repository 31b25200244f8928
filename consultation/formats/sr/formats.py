"""With the month in the genitive, in both scripts: 28. фебруара 2027."""

DATE_FORMAT = "j. E Y."
DATETIME_FORMAT = "j. E Y, H:i"
MONTH_DAY_FORMAT = "j. E"
