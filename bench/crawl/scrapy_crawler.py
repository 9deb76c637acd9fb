"""Scrapy, with robots.txt, no delay, and its results written as JSON lines.

Usage: scrapy_crawler.py <start URL> <connections> <file for results>. Prints how many pages there are, and the time.
"""
import json
import sys
import time
from urllib.parse import urlsplit

import scrapy
from scrapy.crawler import CrawlerProcess
from scrapy.linkextractors import LinkExtractor


class Site(scrapy.Spider):
    name = "site"
    links = LinkExtractor()
    pages = 0

    def start_requests(self):
        # Its own way to begin does not count the first page among those that were seen.
        yield scrapy.Request(self.start_urls[0])

    def parse(self, response):
        Site.pages += 1
        links = self.links.extract_links(response)
        title = response.css("title::text").get()
        yield {"url": response.url, "status": response.status, "title": title, "links": len(links)}
        for link in links:
            yield response.follow(link)


def main():
    start, connections, file = sys.argv[1], int(sys.argv[2]), sys.argv[3]
    Site.start_urls = [start]
    Site.allowed_domains = [urlsplit(start).hostname]
    process = CrawlerProcess(
        {
            "ROBOTSTXT_OBEY": True,
            "CONCURRENT_REQUESTS": connections,
            "CONCURRENT_REQUESTS_PER_DOMAIN": connections,
            "FEEDS": {file: {"format": "jsonlines", "overwrite": True}},
            "LOG_ENABLED": False,
            "TELNETCONSOLE_ENABLED": False,
            "RETRY_ENABLED": False,
        }
    )
    began = time.perf_counter()
    process.crawl(Site)
    process.start()
    print(json.dumps({"pages": Site.pages, "elapsedMs": (time.perf_counter() - began) * 1000}))


main()
