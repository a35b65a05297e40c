-- Where a store is: both coordinates or neither, and somewhere on the earth.
ALTER TABLE merchants_site ADD CONSTRAINT merchants_site_point CHECK (
    (latitude IS NULL) = (longitude IS NULL)
    AND latitude BETWEEN -90000000 AND 90000000
    AND longitude BETWEEN -180000000 AND 180000000);
-- Stores around a point: a few bands of latitude (20,000 micro-degrees), a stretch of each.
CREATE INDEX merchants_site_around ON merchants_site ((latitude / 20000), longitude)
    WHERE latitude IS NOT NULL;
